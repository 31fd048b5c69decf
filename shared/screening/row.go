package screening

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/screening/sheet"
	"shixin/shared/subject"
	"shixin/shared/watching/side"
	"shixin/shared/workday"
)

// itemsOfRow is how many listings a row's result names.
const itemsOfRow = 5

// lookUp looks rows up on all processors.
func (s *Screening) lookUp(ctx context.Context, sc *records.Screening, v *view, rows []sheet.Row) ([]Result, error) {
	results := make([]Result, len(rows))
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	next := make(chan int, len(rows))
	for i := range rows {
		next <- i
	}
	close(next)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				var err error
				if results[i], err = s.row(ctx, sc, v, rows[i]); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return results, errors.Join(failed, ctx.Err())
}

// row looks one row up. What goes wrong with it alone leaves it unchecked, and costs no other row.
func (s *Screening) row(ctx context.Context, sc *records.Screening, v *view, row sheet.Row) (r Result, err error) {
	r = Result{Line: row.Line, Reference: row.Reference, Verdict: Unchecked}
	defer func() {
		if p := recover(); p != nil {
			r = Result{Line: row.Line, Reference: row.Reference, Verdict: Unchecked, Detail: fault.Both("the row could not be compared", "该行无法比对")}
			err = nil
			s.log().ErrorContext(ctx, "a row cannot be compared", "alarm", "isolated", "screening", sc.ID, "line", row.Line, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	switch {
	case row.Wrong != "":
		r.Detail = row.Wrong
		return r, nil
	case v == nil:
		r.Detail = fault.Both("the index of names could not be read", "名称索引无法读取")
		return r, nil
	}
	w, wrong, err := s.understand(ctx, sc, row)
	if err != nil {
		return r, err
	}
	if wrong != "" {
		r.Detail = wrong
		return r, nil
	}
	found, err := v.find(w, sc.All, workday.DayOf(sc.Pins.At))
	if errors.Is(err, errSegment) {
		r.Detail = fault.Both("the index of names could not be read", "名称索引无法读取")
		return r, nil
	}
	if err != nil {
		return r, err
	}
	switch r.Items = found.items; {
	case len(r.Items) > 0:
		r.Verdict, r.Detail = r.Items[0].Verdict, found.missing
		var refs []subject.Ref
		if w.ref != nil {
			refs = []subject.Ref{*w.ref}
		}
		if r.Side, err = side.Of(ctx, s.Hash, row.Name, refs); err != nil {
			return r, err
		}
	case found.nothing != "" || found.missing != "":
		r.Detail = cmp.Or(found.nothing, found.missing)
	default:
		r.Verdict = Clear
		if found.narrowed > 0 {
			r.Detail = fault.Both(fmt.Sprintf("%d names that are alike were left out: what else the row says of them does not fit", found.narrowed),
				fmt.Sprintf("有 %d 个近似名称因其他信息不符而排除", found.narrowed))
		}
	}
	return r, nil
}

// understand checks a row as a query is checked; wrong says why it cannot be looked up.
func (s *Screening) understand(ctx context.Context, sc *records.Screening, row sheet.Row) (w wanted, wrong string, err error) {
	w = wanted{name: row.Name, kind: subject.Kind(row.Kind), region: row.Region, birthYear: row.BirthYear, limit: itemsOfRow, threshold: sc.Threshold}
	if en, zh := wrongName(row.Name); en != "" && (row.Identifier == nil || row.Name != "") {
		return w, fault.Both("name "+en, "名称"+zh), nil
	}
	if field, f := w.wrongField(sc.Pins.At); f != nil {
		return w, field + " " + f.Detail, nil
	}
	if en, zh := wrongLine(row.Reference); en != "" {
		return w, fault.Both("reference "+en, "reference "+zh), nil
	}
	if row.Identifier == nil {
		return w, "", nil
	}
	ref, refusal, err := s.identify(ctx, sc.By, Identifier(*row.Identifier), len(sc.Purpose) > 0)
	if err != nil {
		return w, "", err
	}
	if refusal != nil {
		detail := refusal.Error()
		if f, ok := errors.AsType[*fault.Fault](refusal); ok {
			detail = f.Detail
		}
		return w, "identifier: " + detail, nil
	}
	w.ref = ref
	return w, "", nil
}
