package naming

import (
	"bytes"
	"errors"
	"testing"

	"shixin/shared/subject"
)

func org(id string, names ...string) Entity { return entity(id, subject.Organization, names) }

func person(id string, names ...string) Entity { return entity(id, subject.Person, names) }

func entity(id string, kind subject.Kind, names []string) Entity {
	e := Entity{ID: id, Kind: kind, Published: true}
	for _, n := range names {
		e.Names = append(e.Names, Name{Text: n})
	}
	return e
}

func index(t testing.TB, entities ...Entity) *Index {
	t.Helper()
	var b Builder
	for _, e := range entities {
		b.Add(e)
	}
	data, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestASegmentIsTheSameWhateverTheOrder(t *testing.T) {
	one, two := org("b", "北京俊梅网络科技有限公司"), person("a", "何宇勇", "He Yuyong")
	var forth, back Builder
	forth.Add(one)
	forth.Add(two)
	back.Add(two)
	back.Add(one)
	x, err := forth.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	y, err := back.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Error("the order of entities changes the segment")
	}
	back.Add(one)
	if _, err := back.Bytes(); !errors.Is(err, ErrDuplicate) {
		t.Errorf("a second entity with the same ID: %v", err)
	}
}

func TestWhatIsDamagedIsRefused(t *testing.T) {
	var b Builder
	b.Add(org("a", "北京俊梅网络科技有限公司"))
	b.Add(person("b", "何宇勇"))
	whole, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if _, err := Open(whole[:n]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
		other := bytes.Clone(whole)
		other[n] ^= 1
		if _, err := Open(other); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
			t.Fatalf("byte %d is another: %v", n, err)
		}
	}
	if _, err := Open(append(bytes.Clone(whole), 0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestATailIsSearchedWithTheSegment(t *testing.T) {
	x := index(t, person("a", "何宇勇"), person("b", "孙荣敏"))
	found := func(name string, tail *Tail) string {
		hits, _ := x.Search(Query{Name: name}, tail)
		ids := ""
		for _, h := range hits {
			ids += h.Entity.ID
		}
		return ids
	}
	tail := (*Tail)(nil).With([]Entity{person("c", "韩凤博"), person("b", "周娜国")}, []string{"a"})
	for _, c := range []struct {
		name     string
		tail     *Tail
		expected string
	}{
		{"何宇勇", nil, "a"}, {"孙荣敏", nil, "b"}, {"韩凤博", nil, ""},
		{"何宇勇", tail, ""}, {"孙荣敏", tail, ""}, {"韩凤博", tail, "c"}, {"周娜国", tail, "b"},
		{"周娜国", tail.With(nil, []string{"b"}), ""},
	} {
		if got := found(c.name, c.tail); got != c.expected {
			t.Errorf("%s: %q, want %q", c.name, got, c.expected)
		}
	}
}
