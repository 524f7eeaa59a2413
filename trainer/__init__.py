"""RUSTON: a bilingual crew communication trainer."""

import os

__version__ = "0.2.0"

# Offline means offline. onnxruntime's official builds write a device id and report to their maker unless this is set
# before they are loaded; so do the libraries of Hugging Face. Whoever imports any part of this package comes by here.
for _switch in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ[_switch] = "1"
