package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"shixin/shared/fault"
	"shixin/shared/table"
)

// OnceFor is how long an answer is kept for its idempotency key.
const OnceFor = 7 * 24 * time.Hour

// Once is one use of an idempotency key: per caller and route.
type Once struct {
	Caller string
	Route  string
	Key    string
	Body   string // digest of the body
}

// answered is a kept answer.
type answered struct {
	Body   string `json:"body"`
	Answer []byte `json:"answer"` // sealed; the first part of it
	Parts  int    `json:"parts,omitempty"`
}

// partBytes is how much of an answer one item holds.
const partBytes = 256 << 10

func (o Once) key() table.Key {
	sum := sha256.Sum256([]byte(o.Caller + "\x00" + o.Route + "\x00" + o.Key))
	return onceKey(hex.EncodeToString(sum[:]))
}

// partKey is the key of a part, numbered from 0.
func (o Once) partKey(n int) table.Key {
	k := o.key()
	if n > 0 {
		k.Sort += "#" + strconv.Itoa(n)
	}
	return k
}

// Bound is what the kept answer is sealed with.
func (o Once) Bound() []byte { return []byte(o.key().Partition) }

// Answered returns the sealed answer that was given to this key before, nil when there is none. The same key with another body is Invalid.
func (s *Store) Answered(ctx context.Context, now time.Time, o Once) ([]byte, error) {
	var a answered
	v, err := s.load(ctx, now, o.key(), &a)
	if err != nil || v == 0 {
		return nil, err
	}
	if a.Body != o.Body {
		return nil, fault.New(fault.Invalid, "this Idempotency-Key was used with another body; use a new key", "该 Idempotency-Key 已用于不同的请求内容,请更换")
	}
	for n := 1; n < a.Parts; n++ {
		var part answered
		if v, err := s.load(ctx, now, o.partKey(n), &part); err != nil || v == 0 {
			return nil, err // expired between two reads
		}
		a.Answer = append(a.Answer, part.Answer...)
	}
	return a.Answer, nil
}

// PutAnswer keeps the sealed answer in the same Write as what it answers; the key must not have been used.
func (b *Batch) PutAnswer(o Once, now time.Time, sealed []byte) {
	parts := slices.Collect(slices.Chunk(sealed, partBytes))
	for n, part := range parts {
		item := table.Item{Key: o.partKey(n), Version: 1, Expires: now.Add(OnceFor), Doc: encode(answered{Body: o.Body, Answer: part, Parts: len(parts)})}
		b.add("once", table.PutOp(item, table.Condition{Kind: table.Absent}))
	}
}

// Meta reads a named document of the deployment; version 0 when it is absent.
func (s *Store) Meta(ctx context.Context, now time.Time, name string, v any) (int64, error) {
	return s.load(ctx, now, metaKey(name), v)
}

// PutMeta stores a named document of the deployment over the version that was read.
func (s *Store) PutMeta(ctx context.Context, now time.Time, name string, read int64, v any) error {
	var b Batch
	b.add("meta", put(metaKey(name), read, v))
	return s.Commit(ctx, now, &b)
}
