"""The console: radio drills in the terminal. Screens show the state of a session and send what the learner wants."""
