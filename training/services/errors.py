"""What training refuses to do; each message says why, in the user's language."""


class TrainingError(Exception):
    """A change that the rules of training refuse."""


class NotReady(TrainingError):
    """The module or quiz lacks something before people can take it."""


class NoAttemptsLeft(TrainingError):
    """The attempts allowed for this assignment are used up."""


class TooEarly(TrainingError):
    """The waiting time after the last attempt is not over."""


class AttemptOver(TrainingError):
    """The attempt was handed in, or its time is over, so it takes no more answers."""


class NotInForce(TrainingError):
    """The release is not in force, or not for this person, so there is nothing to acknowledge."""
