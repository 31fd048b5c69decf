package screening_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"shixin/shared/records"
	rt "shixin/shared/register/registertest"
	"shixin/shared/screening"
	"shixin/shared/table"
)

var update = flag.Bool("update", false, "rewrite the golden items")

// noting notes what was last put under each key of the looking up of names.
type noting struct {
	table.Table
	items map[string][]byte
	order []string
}

func (n *noting) Write(ctx context.Context, b table.Batch) error {
	for _, op := range b.Ops {
		family, _, _ := strings.Cut(op.Item.Partition, "#")
		if op.Kind != table.Put || family != "index" && family != "screening" {
			continue
		}
		key := op.Item.Partition + " " + op.Item.Sort
		if _, known := n.items[key]; !known {
			n.order = append(n.order, key)
		}
		n.items[key] = op.Item.Doc
	}
	return n.Table.Write(ctx, b)
}

// What is stored keeps its shape: a segment that is in use, and a file that is being worked on, are read by the next version of the code.
func TestStoredItemsKeepTheirShape(t *testing.T) {
	w := newWorld(t)
	n := &noting{Table: w.Table, items: map[string][]byte{}}
	w.Screening.Store = &records.Store{Table: n}
	w.mirrored(0, 2)
	w.build()
	w.mirrored(2, 3)
	w.build()
	id := w.ordered(rt.Operator, screening.Order{Format: "csv", Rows: ptr(2), Purpose: "review"}, lines("name,reference", "Vorlane "+word(1)+" Trading,1", "有限公司,2"))
	w.start(rt.Operator, id)
	w.Must(w.work(id))
	var got bytes.Buffer
	for _, key := range n.order {
		var doc bytes.Buffer
		w.Must(json.Indent(&doc, n.items[key], "", "  "))
		got.WriteString(key + "\n" + doc.String() + "\n\n")
	}
	text := got.String()
	for random, name := range map[string]string{
		id: "SCREENING", `"sha256": "[0-9a-f]{64}"`: `"sha256": "DIGEST"`, `index/([0-9]+)-[0-9a-f]{16}`: "index/$1-DIGEST", `tail-[0-9a-f]{16}`: "tail-DIGEST",
		`"purpose": "[^"]+"`: `"purpose": "SEALED"`,
		`"digest": "[^"]+"`:  `"digest": "HASH"`, `"sections": \[[^\]]*\]`: `"sections": [4 SIZES]`, `"algorithm": "[^"]+"`: `"algorithm": "ALGORITHM"`,
	} {
		text = regexp.MustCompile(random).ReplaceAllString(text, name)
	}
	const file = "testdata/items.golden"
	if *update {
		w.Must(os.WriteFile(file, []byte(text), 0o644))
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != text {
		t.Errorf("%v: other items than %s; where that is meant, -update:\n%s", err, file, text)
	}
}
