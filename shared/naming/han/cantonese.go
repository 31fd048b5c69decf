package han

import (
	"slices"
	"strings"
	"unicode/utf8"

	"shixin/shared/naming/once"
)

// How the sounds of Jyutping are spelled on the identity cards of Hong Kong and Macau, where no rule is law: each with all that are
// usual, the first the one of the government's tables.
const (
	cantoneseInitials = "b:p,b p:p m:m f:f d:t,d t:t n:n l:l gw:kw,gw g:k,g kw:kw k:k ng:ng h:h w:w z:ch,ts,j c:ch,ts s:s,sh j:y,i"
	cantoneseFinals   = "aa:a,ah,ar aai:ai aau:au aam:am aan:an aang:ang aap:ap aat:at aak:ak ai:ai au:au,ow am:am,um an:an,un ang:ang ap:ap,up at:at ak:ak " +
		"e:e,eh ei:ei,i,ee,ay ek:ek,ik eng:eng,ing i:i,ee,z,ze iu:iu im:im in:in ip:ip it:it ik:ik ing:ing o:o,or,aw,oh oi:oi,oy ou:o,ou,oo on:on ong:ong ot:ot ok:ok " +
		"u:u,oo ui:ui un:un,oon ut:ut uk:uk ung:ung oe:oe oeng:eung oek:euk,eok eoi:ui,oi eon:un,on eot:ut yu:u,ue,yu yun:uen,un yut:uet,ut"
)

type sung struct {
	of        [lastRead - firstRead]uint16 // by character; 0 is none
	spellings [][]string                   // by syllable, 0 is none
	group     map[string]uint16            // of a spelling: all that are spelled alike, or lead to one another so, have one
	most      int
}

var cantonese = once.Made(func() *sung {
	s := &sung{spellings: [][]string{nil}, group: map[string]uint16{}}
	alternatives := func(text string) map[string][]string {
		m := map[string][]string{}
		for field := range strings.FieldsSeq(text) {
			sound, all, _ := strings.Cut(field, ":")
			m[sound] = strings.Split(all, ",")
		}
		return m
	}
	initials, finals := alternatives(cantoneseInitials), alternatives(cantoneseFinals)
	for field := range strings.FieldsSeq(cantoneseTable) {
		syllable, chars, _ := strings.Cut(field, ":")
		n := uint16(len(s.spellings))
		s.spellings = append(s.spellings, spell(syllable, initials, finals))
		for _, r := range chars {
			s.of[r-firstRead] = n
		}
	}
	// Spellings of one syllable are one group, and so are groups that share one.
	for _, all := range s.spellings {
		to := uint16(0)
		for _, one := range all {
			s.most = max(s.most, len(one))
			switch g := s.group[one]; {
			case to == 0 && g != 0:
				to = g
			case g != 0 && g != to:
				for k, old := range s.group {
					if old == g {
						s.group[k] = to
					}
				}
			}
		}
		if to == 0 {
			to = uint16(len(s.group) + 1)
		}
		for _, one := range all {
			s.group[one] = to
		}
	}
	return s
})

// spell is all usual spellings of a syllable of Jyutping.
func spell(syllable string, initials, finals map[string][]string) []string {
	switch syllable {
	case "ng", "m":
		return []string{"ng"}
	}
	start := ""
	for n := min(2, len(syllable)-1); n > 0; n-- {
		if _, ok := initials[syllable[:n]]; ok {
			start = syllable[:n]
			break
		}
	}
	starts := initials[start]
	if start == "" {
		starts = []string{""}
	}
	var all []string
	for _, a := range starts {
		for _, b := range finals[syllable[len(start):]] {
			one := a + b
			switch {
			case a == "y" && strings.HasPrefix(b, "y"), a == "i" && strings.HasPrefix(b, "i"):
				one = b // 余 is Yu or Yue, 叶 is Ip
			case a == "i":
				continue
			}
			if len(b) > 0 && b[0] == 'z' { // 子 is Tsz, 思 is Sze
				if start != "z" && start != "s" && start != "c" || a == "ch" || a == "sh" || a == "j" {
					continue
				}
				one = strings.TrimSuffix(a, "s") + "s" + b
			}
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// Cantonese is all usual spellings of a simplified character in Hong Kong; nil is not known. The caller does not change it.
func Cantonese(r rune) []string {
	if r < firstRead || r >= lastRead {
		return nil
	}
	s := cantonese()
	return s.spellings[s.of[r-firstRead]]
}

// CantoneseGroup stands for all spellings that a character, or a spelling, may be meant by; 0 is none.
func CantoneseGroup(word string) uint16 {
	s := cantonese()
	if r, _ := utf8.DecodeRuneInString(word); r >= firstRead {
		all := Cantonese(r)
		if len(all) == 0 {
			return 0
		}
		word = all[0]
	}
	return s.group[word]
}

// DivideCantonese reads a Latin word of lower case as syllables of Cantonese as Hong Kong spells them, as few as there can be, and
// appends them to into. It reports false for a word that is not made of them alone.
func DivideCantonese(word string, into []string) ([]string, bool) {
	if strings.ContainsAny(word, "qvx") || !endsSyllable(word) { // most words of most names
		return into, false
	}
	s := cantonese()
	return divide(word, s.most, into, func(w string) bool { return s.group[w] != 0 })
}
