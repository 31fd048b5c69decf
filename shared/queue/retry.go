package queue

import "shixin/shared/fault"

// Retry says whether handing the same message to its worker again can help after the worker returned err. This is the one place
// where faults become a queue's retries.
//
// A refusal stays a refusal: the message was a hint about something that is gone, done or not allowed, and the next sweep
// finds what is left of it. What passes (throttles, an engine that cannot be reached, another writer who was faster), a context that
// ended, and every error that is not a fault are tried again, and end in the dead letters, where an alarm rings.
func Retry(err error) bool {
	switch fault.Of(err) {
	case fault.Unauthenticated, fault.TooLarge, fault.UnsupportedMedia, fault.Malformed, fault.Forbidden, fault.Invalid,
		fault.NotFound, fault.PreconditionRequired, fault.Conflict:
		return false
	}
	return err != nil
}
