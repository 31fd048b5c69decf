package register

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/duty"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// MaxRows is how many rows one import may have.
const MaxRows = 5000

// maxReported is how many wrong rows an answer names.
const maxReported = 1000

// AdoptionQueue carries {"import": id} to the function adoption.
const AdoptionQueue = "adoption"

// IndexQueue takes the hint that much of the list has changed, so that the index of names is made anew.
const IndexQueue = "index"

// ImportRow is one row as it was read: a Row, or why it could not be read.
type ImportRow struct {
	Line int
	Row  Row
	Err  error
}

// Import receives a list: it names the wrong rows, keeps the good ones sealed, and leaves the rest to the function adoption. It answers
// 201 with what was accepted.
func (r *Register) Import(ctx context.Context, call Call, rows []ImportRow) (*Reply, error) {
	if reply, err := r.kept().Again(ctx, call); reply != nil || err != nil {
		return reply, err
	}
	res := policy.Resource{Kind: policy.Import, Authority: call.Who.Authority, Level: call.Who.Level, Region: call.Who.Region, New: true}
	if err := r.Policy.Allow(call.Who, "import.create", res); err != nil {
		return nil, err
	}
	imp := &records.Import{ID: records.NewID(call.Now), At: call.Now.UTC().Truncate(time.Millisecond), Importer: call.Who, State: records.ImportReceived}
	good, rejected, err := r.sift(ctx, call, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range good {
		if row.Row.Decided != nil {
			imp.Decided++
		}
	}
	imp.Rows = len(good)
	var chunks [][]byte
	if chunks, imp.Chunks, err = r.sealRows(ctx, imp.ID, good); err != nil {
		return nil, err
	}
	if err := r.know(ctx, call.Now, authorityOf(call.Who)); err != nil {
		return nil, err
	}
	reply := &Reply{Status: 201, Version: 1, Body: encodeJSON(map[string]any{
		"id": imp.ID, "accepted": imp.Rows, "rejected_total": len(rows) - len(good), "rejected": rejected[:min(len(rejected), maxReported)]})}
	err = r.Store.PutImport(ctx, call.Now, imp, chunks, func(b *records.Batch) error {
		b.PutWork(importItem(imp), false)
		return r.kept().Keep(ctx, call, reply, b)
	})
	if records.IsLost(err) { // the same call was answered meanwhile
		if err := r.Store.DropChunks(ctx, call.Now, imp); err != nil {
			return nil, err
		}
		if again, err := r.kept().Again(ctx, call); again != nil || err != nil {
			return again, err
		}
	}
	if err != nil {
		return nil, err
	}
	// The message is a hint: a sweep finds the import without it.
	_ = r.send(ctx, imp.ID)
	return reply, nil
}

func authorityOf(p access.Principal) listing.Authority {
	return listing.Authority{ID: p.Authority, Level: p.Level, Region: p.Region}
}

func (r *Register) send(ctx context.Context, id string) error {
	return r.Queue.Send(ctx, queue.Message{Queue: AdoptionQueue, Body: string(encodeJSON(map[string]string{"import": id}))})
}

// sift tells good rows from wrong ones. A row is held against the law as a proposal would be, and against the rows before it.
func (r *Register) sift(ctx context.Context, call Call, rows []ImportRow) (good []keptRow, rejected []fault.Rejected, err error) {
	rejected = []fault.Rejected{}
	seen := map[string]namedBy{}
	for _, row := range rows {
		failure := row.Err
		if failure == nil {
			failure = r.checkRow(ctx, call, row, seen)
		}
		if failure == nil {
			good = append(good, keptRow{Line: row.Line, Row: row.Row})
			continue
		}
		if fault.Of(failure) == "" {
			return nil, nil, failure
		}
		rejected = append(rejected, fault.Reject(row.Line, failure)...)
	}
	return good, rejected, nil
}

// namedBy is the row that named an identifier first.
type namedBy struct {
	line    int
	kind    string
	names   []Name
	grounds []string
}

func (r *Register) checkRow(ctx context.Context, call Call, row ImportRow, seen map[string]namedBy) error {
	v := newVault()
	p, rules, err := r.proposal(ctx, call, row.Row, v, workday.DayOf(call.Now))
	if err != nil {
		return err
	}
	events, err := listing.Decide(listing.Listing{}, p, actor(call.Who, false), rules, call.Now)
	if err != nil {
		return err
	}
	if err := v.fits(ctx, r.Seal, events); err != nil {
		return err
	}
	return rivals(row, claimed(&listing.Listing{Content: p.Content}), seen)
}

// rivals refuses a row that names another subject under an identifier of an earlier row, or the same subject twice on one ground.
func rivals(row ImportRow, refs []subject.Ref, seen map[string]namedBy) error {
	s := row.Row.Subject
	ground := row.Row.Regime + "#" + row.Row.Ground
	for i, ref := range refs {
		first, known := seen[ref.ID()]
		pointer := fmt.Sprintf("/subject/identifiers/%d/value", i)
		switch {
		case !known:
		case first.kind != s.Kind || !slices.ContainsFunc(s.Names, func(n Name) bool {
			return slices.ContainsFunc(first.names, func(m Name) bool { return m.Text == n.Text })
		}):
			return fault.At(pointer, fmt.Sprintf("line %d names another subject under this identifier", first.line), fmt.Sprintf("第%d行以同一标识指称另一主体", first.line))
		case slices.Contains(first.grounds, ground):
			return fault.At(pointer, fmt.Sprintf("line %d lists this subject on the same ground already", first.line), fmt.Sprintf("第%d行已以同一事由列入该主体", first.line))
		}
	}
	for _, ref := range refs {
		first, known := seen[ref.ID()]
		if !known {
			first = namedBy{line: row.Line, kind: s.Kind, names: s.Names}
		}
		first.grounds = append(first.grounds, ground)
		seen[ref.ID()] = first
	}
	return nil
}

// ImportView is an import as the API shows it.
type ImportView struct {
	ID       string               `json:"id"`
	State    records.ImportState  `json:"state"`
	At       time.Time            `json:"at"`
	Rows     int                  `json:"rows"`     // accepted
	Decided  int                  `json:"decided"`  // of these, with a decision taken elsewhere
	Proposed int                  `json:"proposed"` // rows without one that have become proposals
	Listed   int                  `json:"listed"`   // rows with one that have become listings
	Failures int                  `json:"failed_total"`
	Failed   []records.RowFailure `json:"failed"` // the first 1,000
}

// ShowImport answers GET of one import.
func (r *Register) ShowImport(ctx context.Context, who access.Principal, now time.Time, id string) (*Reply, error) {
	imp, err := r.visibleImport(ctx, who, now, id)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: 200, Version: imp.Version(), Body: encodeJSON(viewImport(imp))}, nil
}

func viewImport(imp *records.Import) ImportView {
	return ImportView{ID: imp.ID, State: imp.State, At: imp.At, Rows: imp.Rows, Decided: imp.Decided, Proposed: imp.Proposed, Listed: imp.Listed,
		Failures: imp.Failures, Failed: list(imp.Failed)}
}

func (r *Register) visibleImport(ctx context.Context, who access.Principal, now time.Time, id string) (*records.Import, error) {
	absent := fault.New(fault.NotFound, "there is no such import", "没有该导入批次")
	imp, found, err := r.Store.Import(ctx, now, id)
	if err != nil {
		return nil, err
	}
	if !found || r.Policy.Allow(who, "import.read", importResource(imp)) != nil {
		return nil, absent
	}
	return imp, nil
}

func importResource(imp *records.Import) policy.Resource {
	p := imp.Importer
	return policy.Resource{Kind: policy.Import, Authority: p.Authority, Level: p.Level, Region: p.Region}
}

// importItem is what waits of an import, as work queues show it: its adoption, where a row carries a decision.
func importItem(imp *records.Import) duty.Item {
	p := imp.Importer
	item := duty.Item{Kind: duty.Import, ID: imp.ID, Authority: p.Authority, Level: p.Level, Region: p.Region, State: string(imp.State), Since: imp.At}
	if imp.State == records.ImportReceived && imp.Decided > 0 {
		item.Waits = []duty.Wait{{Step: "adoption", For: duty.Decider}}
	}
	return item
}

// Adopt lets a second person adopt the decided rows of an import. It answers 202; the function adoption does the rest.
func (r *Register) Adopt(ctx context.Context, call Call, id string) (*Reply, error) {
	reply, err := r.kept().Once(ctx, call, func() (*Reply, error) {
		imp, err := r.visibleImport(ctx, call.Who, call.Now, id)
		if err != nil {
			return nil, err
		}
		switch err := r.Policy.Allow(call.Who, "import.adoption", importResource(imp)); {
		case err != nil:
			return nil, err
		case call.Who.Person == imp.Importer.Person:
			return nil, fault.New(fault.Forbidden, "who imported a list may not adopt it; another person must", "导入人不得采纳,应由他人采纳")
		case !call.Matches(imp.Version()):
			return nil, fault.New(fault.Stale, "the import has changed since; read it again", "该导入批次已有更新,请重新读取")
		case imp.State != records.ImportReceived:
			return nil, fault.New(fault.Conflict, "the import is adopted already", "该导入批次已被采纳")
		case imp.Decided == 0:
			return nil, fault.New(fault.Conflict, "no row of the import carries a decision to adopt", "没有可供采纳的决定")
		}
		imp.State, imp.Adopter = records.ImportAdopting, &call.Who
		reply := &Reply{Status: 202, Version: imp.Version() + 1, Body: encodeJSON(viewImport(imp))}
		b := &records.Batch{}
		b.PutImportState(imp)
		b.OpenImport(id, true)
		b.PutWork(importItem(imp), true) // nothing waits of it any more
		if err := r.kept().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, r.Store.Commit(ctx, call.Now, b)
	})
	if err == nil {
		_ = r.send(ctx, id) // a hint: a sweep finds the import without it
	}
	return reply, err
}
