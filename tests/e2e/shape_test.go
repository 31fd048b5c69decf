package e2e

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"shixin/infra/local/server"
	"shixin/shared/table"
)

var updateShapes = flag.Bool("update-shapes", false, "write the shapes of stored items anew")

// shapesFile lies beside the golden items.
const shapesFile = "../../shared/records/testdata/shapes.golden"

// shapes gathers, for each kind of item that is put, the fields of its document with their types.
type shapes struct {
	mu    sync.Mutex
	kinds map[string]map[string]bool
}

// seen is a table that shows its writes to shapes.
type seen struct {
	table.Table
	shapes *shapes
}

func (s seen) Write(ctx context.Context, b table.Batch) error {
	err := s.Table.Write(ctx, b)
	if err != nil {
		return err
	}
	for _, op := range b.Ops {
		if op.Kind == table.Put {
			s.shapes.add(op.Item)
		}
	}
	return nil
}

// kind is a key without what differs from item to item: the family, or the two fixed words that name a list, and the first word of the sort key.
func kind(k table.Key) string {
	family, rest, _ := strings.Cut(k.Partition, "#")
	if rest == "all" || rest == "open" || rest == "known" || rest == "schedule" {
		family = k.Partition
	}
	sort, _, _ := strings.Cut(k.Sort, "#")
	if !word.MatchString(sort) || k.Partition == "rulepack#all" { // where it is a name that somebody gave
		sort = "*"
	}
	return family + " | " + sort
}

var word = regexp.MustCompile(`^[a-z_]+$`)

func (s *shapes) add(item table.Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := s.kinds[kind(item.Key)]
	if fields == nil {
		fields = map[string]bool{}
		s.kinds[kind(item.Key)] = fields
	}
	var v any
	if json.Unmarshal(item.Doc, &v) != nil {
		fields["sealed"] = true
		return
	}
	walk(fields, "", v)
}

// walk notes the type at each path. A field whose name is data (a regime, a day, an indicator) is shown as *.
func walk(fields map[string]bool, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			fields[at+"{}"] = true
		}
		for name, inner := range v {
			if !named.MatchString(name) || strings.HasSuffix(at, ".indicators") {
				name = "*"
			}
			walk(fields, at+"."+name, inner)
		}
	case []any:
		for _, inner := range v {
			walk(fields, at+"[]", inner)
		}
	case nil:
	default:
		fields[fmt.Sprintf("%s %T", at, v)] = true
	}
}

var named = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*$`)

func (s *shapes) String() string {
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(s.kinds)) {
		fmt.Fprintf(&b, "%s\n", kind)
		for _, field := range slices.Sorted(maps.Keys(s.kinds[kind])) {
			fmt.Fprintf(&b, "  %s\n", field)
		}
	}
	return b.String()
}

// What was written once has to be read for ever. The request scripts store items of every kind of shared/records/LAYOUT.md; what fields these have
// is kept, so that a change of a stored shape is seen. Where old items can still be read: go test ./tests/e2e -run Shapes -update-shapes.
func TestShapesOfStoredItems(t *testing.T) {
	s := &shapes{kinds: map[string]map[string]bool{}}
	scripts, err := filepath.Glob("scripts/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	t.Run("scripts", func(t *testing.T) {
		for _, script := range scripts {
			t.Run(filepath.Base(script), func(t *testing.T) {
				t.Parallel()
				w := play(t, script, nil, func(c *server.Config) {
					c.Wrap = func(under table.Table) table.Table { return seen{under, s} }
				})
				if err := w.running.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
	text := s.String()
	if *updateShapes {
		if err := os.WriteFile(shapesFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(shapesFile)
	if err != nil {
		t.Fatal(err)
	}
	before, now := parseShapes(string(kept)), parseShapes(text)
	for line := range now {
		if !before[line] {
			t.Errorf("stored, and not known so far: %s", line)
		}
	}
	for line := range before {
		if !now[line] {
			t.Errorf("stored so far, and not any more: %s", line)
		}
	}
	goldens, err := filepath.Glob(filepath.Dir(shapesFile) + "/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	all := "\n"
	for _, path := range goldens {
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all += string(golden) + "\n"
	}
	layout, err := os.ReadFile("../../shared/records/LAYOUT.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z]+)").FindAllStringSubmatch(string(layout), -1) {
		if !strings.Contains(all, "\n"+m[1]+" |") && !strings.Contains(all, "\n"+m[1]+"#") {
			t.Errorf("no golden file has an item of the family %s", m[1])
		}
	}
}

// parseShapes makes one line of each field, with the kind of its item.
func parseShapes(text string) map[string]bool {
	all, kind := map[string]bool{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, " ") {
			kind = line
		}
		all[kind+":"+strings.TrimPrefix(line, kind)] = true
	}
	return all
}
