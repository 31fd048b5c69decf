package han

import (
	"strings"

	"shixin/shared/naming/once"
)

// Wade-Giles, as it stands on papers: without aspirates, dots and hyphens. It is how Mandarin names are written in Taiwan and in
// what is older than pinyin. The rules are those of Giles's dictionary of 1892.
const (
	// pinyin and Wade-Giles of what a syllable begins with; what is missing is the same
	wadeInitials = "zh:ch ch:ch sh:sh q:ch j:ch x:hs b:p d:t g:k r:j z:ts c:ts"
	wadeFinals   = "iong:iung ong:ung ian:ien ie:ieh"
	// whole syllables that go by no rule
	wadeWhole = "zi:tzu ci:tzu si:ssu zhi:chih chi:chih shi:shih ri:jih yi:i ye:yeh yan:yen you:yu yong:yung er:erh he:ho ke:ko ge:ko e:o " +
		"gui:kuei kui:kuei ju:chu qu:chu xu:hsu juan:chuan quan:chuan xuan:hsuan jue:chueh que:chueh xue:hsueh jun:chun qun:chun xun:hsun yue:yueh " +
		"lv:lu nv:nu lve:lueh nve:nueh duo:to tuo:to luo:lo nuo:no zuo:tso cuo:tso suo:so zhuo:cho chuo:cho shuo:shuo ruo:jo guo:kuo"
)

type wade struct {
	of    []string // by Syllable
	known map[string]bool
	most  int
}

var wades = once.Made(func() *wade {
	pairs := func(text string) (all [][2]string) {
		for pair := range strings.FieldsSeq(text) {
			from, to, _ := strings.Cut(pair, ":")
			all = append(all, [2]string{from, to})
		}
		return all
	}
	whole := map[string]string{}
	for _, p := range pairs(wadeWhole) {
		whole[p[0]] = p[1]
	}
	initials, finals := pairs(wadeInitials), pairs(wadeFinals)
	t := tables()
	w := &wade{of: make([]string, len(t.syllables)), known: map[string]bool{}}
	for i, s := range t.syllables {
		if s == "" || !named(s) {
			continue
		}
		out, ok := whole[s]
		if !ok {
			start, rest := "", s
			for _, p := range initials {
				if after, has := strings.CutPrefix(s, p[0]); has {
					start, rest = p[1], after
					break
				}
			}
			for _, p := range finals {
				if before, has := strings.CutSuffix(rest, p[0]); has {
					rest = before + p[1]
					break
				}
			}
			out = start + rest
		}
		w.of[i] = out
		w.known[out] = true
		w.most = max(w.most, len(out))
	}
	return w
})

// WadeGiles is a syllable of Mandarin as Wade-Giles spells it, without marks; "" is none.
func WadeGiles(s Syllable) string {
	if w := wades(); int(s) < len(w.of) {
		return w.of[s]
	}
	return ""
}

// DivideWadeGiles reads a Latin word of lower case as syllables of Wade-Giles without marks, as few as there can be, and appends
// them to into. It reports false for a word that is not made of them alone.
func DivideWadeGiles(word string, into []string) ([]string, bool) {
	if strings.ContainsAny(word, "bdqvx") || !endsSyllable(word) { // most words of most names

		return into, false
	}
	w := wades()
	return divide(word, w.most, into, func(s string) bool { return w.known[s] })
}

// endsSyllable says whether a word ends as syllables of Chinese do.
func endsSyllable(word string) bool {
	return word != "" && strings.IndexByte("aeghikmnoprtuwyz", word[len(word)-1]) >= 0
}

// longestName is the longest word that is taken apart as a name, in letters.
const longestName = 24

// divide takes a word apart into as few syllables as there can be.
func divide(word string, most int, into []string, known func(string) bool) ([]string, bool) {
	if word == "" || len(word) > longestName {
		return into, false
	}
	var best, step [longestName + 1]int
	for i := len(word) - 1; i >= 0; i-- {
		for n := min(most, len(word)-i); n > 0; n-- {
			if i+n < len(word) && step[i+n] == 0 || step[i] != 0 && best[i] <= best[i+n]+1 || !known(word[i:i+n]) {
				continue
			}
			best[i], step[i] = best[i+n]+1, n
		}
	}
	if step[0] == 0 {
		return into, false
	}
	for i := 0; i < len(word); i += step[i] {
		into = append(into, word[i:i+step[i]])
	}
	return into, true
}
