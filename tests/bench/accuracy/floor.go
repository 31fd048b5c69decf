package main

import (
	"cmp"
	"slices"
	"strings"

	"shixin/shared/naming/script"
)

// floor ranks all names by Jaro-Winkler over the whole name. It is what any search for names has to be better than.
type floor struct {
	names [][]rune
	ids   []string
}

func newFloor(s *dataset) *floor {
	f := &floor{}
	for _, e := range s.entities {
		for _, n := range e.Names {
			f.names = append(f.names, plain(n.Text))
			f.ids = append(f.ids, e.ID)
		}
	}
	return f
}

func plain(name string) []rune { return []rune(strings.ToLower(name)) }

func (f *floor) search(name string) []found {
	q := plain(name)
	best := map[string]float64{}
	for i, n := range f.names {
		if s := jaroWinkler(q, n); s > best[f.ids[i]] {
			best[f.ids[i]] = s
		}
	}
	var all []found
	for id, score := range best {
		all = append(all, found{id, score})
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.id, b.id)) })
	return all[:min(len(all), 10)]
}

// jaroWinkler is the measure of Winkler (1990), with a prefix of at most 4 at 0.1.
func jaroWinkler(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	var room [2][script.MaxRunes]bool
	if len(a) > script.MaxRunes || len(b) > script.MaxRunes {
		return 0
	}
	inA, inB := room[0][:len(a)], room[1][:len(b)]
	window := max(len(a), len(b))/2 - 1
	same := 0
	for i := range a {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if !inB[j] && a[i] == b[j] {
				inA[i], inB[j] = true, true
				same++
				break
			}
		}
	}
	if same == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range a {
		if !inA[i] {
			continue
		}
		for !inB[j] {
			j++
		}
		if a[i] != b[j] {
			swapped++
		}
		j++
	}
	m := float64(same)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped)/2)/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*0.1*(1-jaro)
}
