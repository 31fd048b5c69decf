// Package watching provides watch lists: counterparties that somebody names once, and an alert when an effect touches one of them.
//
// A list's entries lie in sealed blobs, made whole before the list points to them, so that a list is replaced at one moment. Each list has
// its own place in the journal. The alerts of a journal entry and that place are written together, so that a worker may be killed
// anywhere, or work twice, and each alert is there exactly once; a message is no more than a hint to look.
package watching

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"log/slog"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/keys"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/repeat"
)

// Queue is the logical name of the queue of those who wait for journal entries.
const Queue = register.WatchersQueue

// Slice is how long a worker goes on before it leaves the rest to a new message.
const Slice = 40 * time.Second

// Policy answers who may do what (shared/access/policy).
type Policy interface {
	Role(p access.Principal, action string) error
	Allow(p access.Principal, action string, r policy.Resource) error
}

// Watching is the application. All fields but the last two are needed.
type Watching struct {
	Store  *records.Store
	Blobs  blob.Store
	Queue  queue.Sender
	Hash   keys.Hasher
	Seal   keys.Sealer
	Policy Policy
	Log    *slog.Logger  // slog.Default when nil
	Slice  time.Duration // Slice when zero

	opened opened
}

func (w *Watching) log() *slog.Logger {
	if w.Log == nil {
		return slog.Default()
	}
	return w.Log
}

func (w *Watching) slice() time.Duration {
	if w.Slice == 0 {
		return Slice
	}
	return w.Slice
}

func (w *Watching) keeper() repeat.Keeper { return repeat.Keeper{Store: w.Store, Seal: w.Seal} }

// owner is whose lists and alerts a caller has: an enterprise shares them among its accounts.
func owner(p access.Principal) string { return inquiry.Caller(p) }

// seesAll reports whether an owner of this role sees what is not published.
func (w *Watching) seesAll(role access.Role) bool {
	return w.Policy.Role(access.Principal{Role: role}, "status.all") == nil
}

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// folder is where the blobs of a list lie.
func folder(owner, name string) string {
	sum := sha256.Sum256([]byte(owner + "#" + name))
	return "watchlists/" + base32Lower.EncodeToString(sum[:20])
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("watching: plain data: " + err.Error())
	}
	return b
}

func notFound() error { return fault.New(fault.NotFound, "there is no such record", "没有该记录") }

// moment is a time as it is stored and shown.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func stale() error {
	return fault.New(fault.Stale, "the record has changed since; read it again and send its new ETag", "记录已被更改;请重新读取并使用新的 ETag")
}
