package screening_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	rt "shixin/shared/register/registertest"
	"shixin/shared/screening"
)

// A listing whose names cannot be read makes no search fail, and no name that could be its is clear of it: answers say so. It is met by its
// identifiers, and by its names again once it is restored.
func TestDamagedListingIsNeverAClear(t *testing.T) {
	for where, segment := range map[string]bool{"in the tail": false, "in a segment": true} {
		t.Run(where, func(t *testing.T) {
			w := newWorld(t)
			hurt := w.Listed(called(rt.Human(1), "欧阳示例"))
			other := w.Listed(called(rt.Human(2), "司徒示范"))
			restore := w.Damage(hurt)
			if segment {
				w.build()
			}
			w = w.another()

			if a := w.finds(rt.Operator, name("欧阳示例")); !strings.Contains(a.Detail, "1 listings are damaged") {
				t.Errorf("its name finds nothing, and why: %q", a.Detail)
			}
			if a := w.finds(rt.Operator, name("司徒示范"), other); a.Detail == "" {
				t.Error("beside a hit, nothing is said of what was not compared")
			}
			if a := w.finds(rt.Operator, screening.Query{Name: "虚构纺织厂", Kind: "organization"}); a.Detail != "" {
				t.Errorf("it is no organisation: %q", a.Detail)
			}
			if a := w.finds(rt.Nobody, name("虚构纺织厂")); a.Detail != "" {
				t.Errorf("the public is told of what it may not see: %q", a.Detail)
			}
			by := screening.Query{Name: "欧阳示例", Identifier: &screening.Identifier{Scheme: "cn-id", Value: rt.CNID(1)}, Purpose: "review", Reference: "T-1"}
			if a := w.finds(rt.Operator, by, hurt); a.Items[0].Verdict != screening.Match {
				t.Errorf("by its identifier: %+v", a.Items[0])
			}

			id := w.ordered(rt.Operator, screening.Order{Format: "csv", Purpose: "review"}, lines("name,kind", "欧阳示例,", "虚构纺织厂,organization", "司徒示范,person"))
			w.start(rt.Operator, id)
			w.Must(w.work(id))
			want := []screening.Verdict{screening.Unchecked, screening.Clear, screening.Possible}
			for i, r := range w.results(rt.Operator, id, "", 10) {
				if r.Verdict != want[i] || (r.Detail == "") != (want[i] == screening.Clear) {
					t.Errorf("row %d: %+v", i, r)
				}
			}

			if index, err := w.Index(w.Ctx(), w.Now); err != nil || segment && !slices.Equal(index.Damaged, []string{hurt}) {
				t.Errorf("the index: %+v, %v", index, err)
			}

			restore()
			w.Now = w.Now.Add(time.Hour)
			w.build()
			if a := w.another().finds(rt.Operator, name("欧阳示例"), hurt); a.Detail != "" {
				t.Errorf("restored: %q", a.Detail)
			}
			if index, err := w.Index(w.Ctx(), w.Now); err != nil || index.Entities != 2 || index.Damaged != nil {
				t.Errorf("the index: %+v, %v", index, err)
			}
		})
	}
}
