// Package fault provides the errors that a caller of Shixin can act on.
//
// A [Fault] says what kind of refusal it is and how to mend the call. The kinds
// are mapped to HTTP in shared/web and to a queue's retry in one place each; every error that
// is not a Fault is internal, and its text is shown to nobody outside.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind is what a caller can do about an error. It is matched with errors.Is.
type Kind string

// The kinds, in the order in which a call is checked: the first that applies is the answer.
const (
	Unauthenticated      Kind = "unauthenticated"       // 401: no token, or one that does not verify
	TooLarge             Kind = "too-large"             // 413
	UnsupportedMedia     Kind = "unsupported-media"     // 415
	Malformed            Kind = "malformed"             // 400: unreadable body, wrong query parameter or cursor
	Forbidden            Kind = "forbidden"             // 403: the wrong role, person or level
	Invalid              Kind = "invalid"               // 422: a field is wrong, or contradicts the record
	NotFound             Kind = "not-found"             // 404: absent, or not for this caller to see
	PreconditionRequired Kind = "precondition-required" // 428
	Stale                Kind = "stale"                 // 412
	Conflict             Kind = "conflict"              // 409: the wrong state, or too early
	RateLimited          Kind = "rate-limited"          // 429
	Unavailable          Kind = "unavailable"           // 503: a retry is safe and may succeed
)

// Error makes a Kind a target of errors.Is.
func (k Kind) Error() string { return string(k) }

// Field names one wrong part of a request and how to mend it.
type Field struct {
	Pointer   string `json:"pointer"`             // JSON pointer (RFC 6901) into the body, "" for the whole of it
	Parameter string `json:"parameter,omitempty"` // or the name of a path or query parameter
	Detail    string `json:"detail"`
	// Line and Column are within the field's own text, from 1, where it is one that is written in a language; 0 elsewhere.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// MarshalJSON writes a pointer or a parameter, whichever the field has. The pointer to the whole body is written too: it is the empty text.
func (f Field) MarshalJSON() ([]byte, error) {
	if f.Parameter == "" {
		type pointed Field
		return json.Marshal(pointed(f))
	}
	return json.Marshal(struct {
		Parameter string `json:"parameter"`
		Detail    string `json:"detail"`
	}{f.Parameter, f.Detail})
}

// Fault is one refusal. Its texts are for the caller: they never hold a personal identifier.
type Fault struct {
	Kind       Kind
	Detail     string // English, then " · " and Chinese
	Fields     []Field
	RetryAfter time.Duration // with RateLimited and Unavailable
	Day        string        // with Conflict: the first day, YYYY-MM-DD, on which the step is possible
	Quota      *Quota        // with RateLimited: what is used up, where it is a quota
}

// Quota is how many identifiers a caller may ask for in a day, and when it may do so anew.
type Quota struct {
	Limit  int64     `json:"limit"`
	Resets time.Time `json:"resets_at"`
}

// New makes a fault from an English and a Chinese sentence about the same thing.
func New(kind Kind, en, zh string) *Fault {
	return &Fault{Kind: kind, Detail: Both(en, zh)}
}

// NotBefore makes the Conflict of a step that is possible from a day on, YYYY-MM-DD.
func NotBefore(day, en, zh string) *Fault {
	return &Fault{Kind: Conflict, Detail: Both(en, zh), Day: day}
}

// At makes an Invalid fault about the field at a JSON pointer.
func At(pointer, en, zh string) *Fault {
	return Fields(Field{Pointer: pointer, Detail: Both(en, zh)})
}

// Fields makes an Invalid fault about several fields.
func Fields(fields ...Field) *Fault {
	return &Fault{
		Kind:   Invalid,
		Detail: Both("the input has errors; see errors", "输入有误,详见 errors"),
		Fields: fields,
	}
}

// Token writes a name as one part of a JSON pointer (RFC 6901).
func Token(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// Parameter makes a fault of the given kind about a path or query parameter.
func Parameter(kind Kind, name, en, zh string) *Fault {
	return &Fault{Kind: kind, Detail: Both(en, zh), Fields: []Field{{Parameter: name, Detail: Both(en, zh)}}}
}

// Both joins the two languages of a text as every answer shows them.
func Both(en, zh string) string {
	if zh == "" {
		return en
	}
	return en + " · " + zh
}

// Error lists the fault for logs.
func (f *Fault) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Detail)
	for _, e := range f.Fields {
		fmt.Fprintf(&b, "; %s%s: %s", e.Pointer, e.Parameter, e.Detail)
	}
	return b.String()
}

// Is reports whether the target is this fault's kind.
func (f *Fault) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == f.Kind
}

// Of returns the kind of an error, or "" when it is not a Fault.
func Of(err error) Kind {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Kind
	}
	return ""
}
