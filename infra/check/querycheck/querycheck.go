// Package querycheck provides the verification of the log of who asked what.
//
// Each chain, the queries of one caller on one day, must go on from its first record without a gap, each record carrying the hash of the
// one before it, up to what its head says; and where the keys are at hand, purposes and references must be those that the
// records commit to.
package querycheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"shixin/infra/check/journalcheck"
	"shixin/shared/inquiry"
	"shixin/shared/keys"
	"shixin/shared/querylog"
	"shixin/shared/records"
)

// ErrUnsound is returned by [Command] when a chain is not whole.
var ErrUnsound = errors.New("the log of queries is not whole")

// Report is what was found. Problems hold no identifier of a subject.
type Report struct {
	Chains, Records, Texts int
	Problems               []string
}

// Command verifies the log of a register and writes what was found.
func Command(ctx context.Context, out io.Writer, where journalcheck.Where) error {
	store, keyring, closing, err := journalcheck.Open(ctx, where)
	if err != nil {
		return err
	}
	defer closing()
	var hash keys.Hasher
	if keyring != nil {
		hash = keyring
	}
	report, err := Run(ctx, store, hash, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d chains, %d queries, %d with their texts compared\n", report.Chains, report.Records, report.Texts)
	for _, p := range report.Problems {
		fmt.Fprintln(out, p)
	}
	if len(report.Problems) > 0 {
		return ErrUnsound
	}
	return nil
}

// Run verifies all chains in a store. Without a hasher, texts are not compared. A log that is written meanwhile may be verified: a chain is read up to where its head
// stood.
func Run(ctx context.Context, store *records.Store, hash keys.Hasher, now time.Time) (Report, error) {
	var r Report
	after := ""
	for {
		chains, more, err := store.QueryChains(ctx, now, "0000-00-00", "9999-99-99", after, 500)
		if err != nil {
			return r, err
		}
		for _, c := range chains {
			after = c.Place()
			r.Chains++
			if err := r.chain(ctx, store, hash, now, c); err != nil {
				return r, err
			}
		}
		if !more {
			return r, nil
		}
	}
}

func (r *Report) add(c records.QueryChain, format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf("%s on %s: ", c.Caller, c.Day)+fmt.Sprintf(format, args...))
}

func (r *Report) chain(ctx context.Context, store *records.Store, hash keys.Hasher, now time.Time, c records.QueryChain) error {
	head, err := store.QueryDay(ctx, now, c)
	if err != nil {
		return err
	}
	var last inquiry.Record
	var identifiers int64
	for last.N < head.State.N {
		page, err := store.Queries(ctx, now, c, last.N, 500)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			r.add(c, "the log ends with record %d, and its head is at %d", last.N, head.State.N)
			return nil
		}
		for _, q := range page {
			if last.N == head.State.N {
				break
			}
			if err := inquiry.Check(last.Hash, last.N, []inquiry.Record{q}); err != nil {
				r.add(c, "%v", err)
				return nil
			}
			if q.Caller() != c.Caller || q.Day() != c.Day {
				r.add(c, "record %d belongs to another chain", q.N)
			}
			r.texts(ctx, hash, c, q)
			last = q
			identifiers += int64(q.Identifiers)
			r.Records++
		}
	}
	switch {
	case head.State.N == 0:
		r.add(c, "it has a place and no head")
	case last.Hash != head.State.Hash:
		r.add(c, "its last record is not that of the head")
	case identifiers != head.State.Identifiers:
		r.add(c, "the head counts %d identifiers, and the records %d", head.State.Identifiers, identifiers)
	}
	return nil
}

// texts compares purpose and reference with what the record commits to.
func (r *Report) texts(ctx context.Context, hash keys.Hasher, c records.QueryChain, q inquiry.Record) {
	if hash == nil || len(q.Sealed) == 0 {
		return
	}
	r.Texts++
	if t, err := querylog.Open(ctx, hash, q.ID, q.Sealed); err != nil {
		r.add(c, "the texts of record %d do not open", q.N)
	} else if t.Sum() != q.Texts {
		r.add(c, "the texts of record %d are not those it was made with", q.N)
	}
}
