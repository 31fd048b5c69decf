package watching

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"shixin/shared/naming"
	"shixin/shared/records"
	"shixin/shared/squeeze"
	"shixin/shared/subject"
)

// A list's version is three kinds of blobs: pages of entries, a table that finds entries by identifier and by key, and an index of
// their names.
const pageEntries = 1000

func pageBlob(folder, made string, page int) string {
	return fmt.Sprintf("%s/%s/entries-%03d", folder, made, page)
}
func refsBlob(folder, made string) string  { return folder + "/" + made + "/refs" }
func namesBlob(folder, made string) string { return folder + "/" + made + "/names" }

// pages is how many pages so many entries make.
func pages(entries int) int { return (entries + pageEntries - 1) / pageEntries }

// refBytes is one row of the table: 16 bytes of a hash and the entry's number.
const refBytes = 20

func refHash(id string) []byte { h := sha256.Sum256([]byte(id)); return h[:16] }

// keyRef is under which an entry's key stands in the table, beside identifiers, which have a scheme in front.
func keyRef(key string) string { return "key " + key }

func makeRefs(entries []entry) []byte {
	var rows [][]byte
	for i := range entries {
		ids := []string{keyRef(entries[i].Key)}
		for _, r := range entries[i].Refs {
			ids = append(ids, r.ID())
		}
		for _, id := range ids {
			rows = append(rows, binary.BigEndian.AppendUint32(refHash(id), uint32(i)))
		}
	}
	slices.SortFunc(rows, bytes.Compare)
	return slices.Concat(rows...)
}

// refTable finds entries by identifier.
type refTable []byte

// find is the numbers of the entries that have an identifier, ascending.
func (t refTable) find(id string) (out []int) {
	want := refHash(id)
	n := len(t) / refBytes
	row := func(i int) []byte { return t[i*refBytes : (i+1)*refBytes] }
	lo, hi := 0, n
	for lo < hi {
		if mid := (lo + hi) / 2; bytes.Compare(row(mid)[:16], want) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for ; lo < n && bytes.Equal(row(lo)[:16], want); lo++ {
		out = append(out, int(binary.BigEndian.Uint32(row(lo)[16:])))
	}
	return out
}

// makeNames is the index of the entries' names, nil where none has one. An entry that does not say what it is stands there as both.
func makeNames(entries []entry) ([]byte, int, error) {
	var b naming.Builder
	named := 0
	for i, e := range entries {
		if e.Name == "" {
			continue
		}
		named++
		for _, kind := range []subject.Kind{subject.Organization, subject.Person} {
			if e.Kind == "" || e.Kind == kind {
				b.Add(naming.Entity{ID: strconv.Itoa(i) + string(kind[0]), Kind: kind, Names: []naming.Name{{Text: e.Name}}})
			}
		}
	}
	if named == 0 {
		return nil, 0, nil
	}
	data, err := b.Bytes()
	return data, named, err
}

// numberOf is the entry that an entity of the index stands for.
func numberOf(e naming.Entity) int {
	n, err := strconv.Atoi(e.ID[:max(0, len(e.ID)-1)])
	if err != nil {
		return -1
	}
	return n
}

// putBlob seals a body and stores it.
func (w *Watching) putBlob(ctx context.Context, name string, body []byte) error {
	sealed, err := w.Seal.Seal(ctx, squeeze.Pack(body), []byte(name))
	if err != nil {
		return err
	}
	return w.Blobs.Put(ctx, name, sealed)
}

func (w *Watching) getBlob(ctx context.Context, name string) ([]byte, error) {
	sealed, err := w.Blobs.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	plain, err := w.Seal.Open(ctx, sealed, []byte(name))
	if err != nil {
		return nil, fmt.Errorf("watching: %s: %w", name, err)
	}
	return squeeze.Unpack(plain)
}

// writeVersion stores the blobs of a version.
func (w *Watching) writeVersion(ctx context.Context, folder, made string, entries []entry) (named int, err error) {
	for page := range pages(len(entries)) {
		part := entries[page*pageEntries : min(len(entries), (page+1)*pageEntries)]
		if err := w.putBlob(ctx, pageBlob(folder, made, page), encode(part)); err != nil {
			return 0, err
		}
	}
	if err := w.putBlob(ctx, refsBlob(folder, made), makeRefs(entries)); err != nil {
		return 0, err
	}
	names, named, err := makeNames(entries)
	if err == nil && named > 0 {
		err = w.putBlob(ctx, namesBlob(folder, made), names)
	}
	return named, err
}

// dropVersion removes the blobs of a version that no list points to any more. What cannot be removed now stays, sealed.
func (w *Watching) dropVersion(ctx context.Context, folder, made string, entries int) {
	names := []string{refsBlob(folder, made), namesBlob(folder, made)}
	for page := range pages(entries) {
		names = append(names, pageBlob(folder, made, page))
	}
	w.drop(ctx, names...)
}

func (w *Watching) drop(ctx context.Context, names ...string) {
	for _, name := range names {
		if err := w.Blobs.Delete(ctx, name); err != nil {
			w.log().WarnContext(ctx, "a blob was not removed", "error", err)
		}
	}
}

// page reads the entries of one page of a version.
func (w *Watching) page(ctx context.Context, folder, made string, page int) ([]entry, error) {
	body, err := w.getBlob(ctx, pageBlob(folder, made, page))
	if err != nil {
		return nil, err
	}
	var out []entry
	return out, json.Unmarshal(body, &out)
}

// version is a list's version as a worker looks things up in it.
type version struct {
	folder, made string
	refs         refTable
	names        *naming.Index // nil where no entry has a name

	mu    sync.Mutex
	pages map[int][]entry
}

// entry reads one entry by its number.
func (v *version) entry(ctx context.Context, w *Watching, n int) (entry, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	page, known := v.pages[n/pageEntries]
	if !known {
		var err error
		if page, err = w.page(ctx, v.folder, v.made, n/pageEntries); err != nil {
			return entry{}, err
		}
		v.pages[n/pageEntries] = page
	}
	if n%pageEntries >= len(page) {
		return entry{}, fmt.Errorf("watching: version %s has no entry %d", v.made, n)
	}
	return page[n%pageEntries], nil
}

// opened keeps the versions that a process worked with last.
type opened struct {
	mu   sync.Mutex
	last []*version // the latest last
}

// manyOpened is how many versions a process keeps, each some megabytes.
const manyOpened = 8

// open is the version that a list points to.
func (w *Watching) open(ctx context.Context, list records.WatchList) (*version, error) {
	s := list.State
	w.opened.mu.Lock()
	defer w.opened.mu.Unlock()
	if i := slices.IndexFunc(w.opened.last, func(v *version) bool { return v.made == s.Made }); i >= 0 {
		v := w.opened.last[i]
		w.opened.last = append(slices.Delete(w.opened.last, i, i+1), v)
		return v, nil
	}
	v := &version{folder: folder(list.Owner, list.Name), made: s.Made, pages: map[int][]entry{}}
	refs, err := w.getBlob(ctx, refsBlob(v.folder, v.made))
	if err != nil {
		return nil, err
	}
	v.refs = refs
	if s.Named > 0 {
		names, err := w.getBlob(ctx, namesBlob(v.folder, v.made))
		if err != nil {
			return nil, err
		}
		if v.names, err = naming.Open(names); err != nil {
			return nil, err
		}
	}
	w.opened.last = append(w.opened.last, v)
	w.opened.last = w.opened.last[max(0, len(w.opened.last)-manyOpened):]
	return v, nil
}

// sortedUnique puts numbers in order, each once.
func sortedUnique(numbers []int) []int {
	slices.SortFunc(numbers, cmp.Compare[int])
	return slices.Compact(numbers)
}
