"""One radio loop over NATS: who may enter, who has the floor, the voice, and the event log that all of them share.

A loop is a set of NATS accounts, one for each role, and what crosses between them is only what is listed in `server`.
Subjects, the same in every account:

    log.ROLE      events of a role, kept in the stream `log`
    feed.ROLE     the same, once they are kept
    voice.ROLE    frames of live sound
    hello.ROLE    asks the host: who is here, what time is it
    floor.ROLE    asks the host for the floor, and gives it back
    score         recordings for a scoring worker
"""
