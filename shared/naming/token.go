package naming

import (
	"strings"

	"shixin/shared/naming/han"
	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/parts"
	"shixin/shared/naming/script"
	"shixin/shared/subject"
)

// token is a word of a name with what it weighs.
type token struct {
	parts.Token
	weight  float32
	common  bool   // a personal name that very many bear
	spelled uint16 // such a name that is written in several ways, of which this is one; 0 is none
	ident   uint32
}

// side is one of two names that are compared.
type side struct {
	tokens  []token
	kind    subject.Kind
	han     bool // its own words are in Han characters
	latin   bool // its own words are in Latin letters
	branded bool // an organisation with words of its own
}

func read(name string, kind subject.Kind) side {
	var s side
	if kind == subject.Person {
		s.fill(parts.Person(name), kind)
	} else {
		s.fill(parts.Organization(name), kind)
	}
	return s
}

func (s *side) fill(tokens []parts.Token, kind subject.Kind) {
	*s = side{tokens: s.tokens[:0], kind: kind, branded: parts.Branded(tokens)}
	for _, t := range tokens {
		s.tokens = append(s.tokens, token{Token: t, common: lexicon.Common(t.Text), spelled: lexicon.Spelled(t.Text)})
	}
	s.weigh()
}

// weigh sets what each word tells. The weights are part of [Algorithm].
func (s *side) weigh() {
	s.han, s.latin = false, false
	for i := range s.tokens {
		t := &s.tokens[i]
		if s.kind == subject.Person {
			t.weight = personWeight(t)
		} else {
			t.weight = s.organizationWeight(t) / float32(max(t.Phrase, 1))
		}
		if t.Class == lexicon.Core || !s.branded && t.Class != lexicon.Particle {
			s.han = s.han || t.Han
			s.latin = s.latin || !t.Han
		}
	}
}

func personWeight(t *token) float32 {
	switch {
	case t.Class == lexicon.Particle:
		return 0.12
	case t.Han:
		return 1
	case len(t.Text) == 1:
		return 0.35
	case t.common:
		return 0.75
	case len(t.Text) == 2:
		return 0.7
	}
	return 1
}

func (s *side) organizationWeight(t *token) float32 {
	switch t.Class {
	case lexicon.Core:
		switch {
		case t.Han, len(t.Text) > 3:
			return 1
		case len(t.Text) == 3:
			return 0.8
		}
		return 0.5
	case lexicon.Region, lexicon.Trade:
		if !s.branded {
			return 0.8
		}
		if t.Class == lexicon.Region {
			return 0.3
		}
		return 0.22
	case lexicon.Form:
		return 0.06
	}
	return 0.03
}

// spoken writes the own words of a Latin name as syllables, to meet the characters of another name one by one: as those characters are
// read in Mandarin or Cantonese, or else as pinyin.
func (s *side) spoken(other *side) side {
	o := side{kind: s.kind, branded: s.branded}
	var room [han.MaxSyllables]string
	for _, t := range s.tokens {
		said, ok := room[:0], false
		if !t.Han && t.Class == lexicon.Core {
			if said, ok = other.reads(t.Text, room[:0]); !ok {
				said, ok = syllables(t.Text, room[:0])
			}
		}
		if !ok {
			if t.common && s.kind == subject.Person {
				t.weight = besides
			}
			o.tokens = append(o.tokens, t)
			continue
		}
		for _, one := range said {
			n := t
			n.Text = one
			n.weight, n.common = 1, false
			o.tokens = append(o.tokens, n)
		}
	}
	o.tokens = o.tokens[:min(len(o.tokens), script.MaxWords)]
	o.han, o.latin = s.han, s.latin
	return o
}

// besides is what a name weighs that a Chinese person bears in Latin letters alone: Peter in Peter TSANG Wai Ming.
const besides = 0.35

// syllables divides a word of pinyin.
func syllables(word string, into []string) ([]string, bool) {
	var room [han.MaxSyllables]han.Syllable
	said, ok := han.Segment(word, room[:0])
	for _, one := range said {
		into = append(into, one.String())
	}
	return into, ok
}

// mixed says whether a name of a person is in characters and in Latin letters.
func (s *side) mixed() bool { return s.kind == subject.Person && s.han && s.latin }

// scripts are the name as it stands and, where it is in two scripts, each of the two alone.
func (s *side) scripts() []*side {
	all := []*side{s}
	if !s.mixed() {
		return all
	}
	for _, han := range []bool{true, false} {
		one := &side{kind: s.kind}
		for i := range s.tokens {
			if s.tokens[i].Han == han {
				one.tokens = append(one.tokens, s.tokens[i])
			}
		}
		one.weigh()
		all = append(all, one)
	}
	return all
}

// reads divides a word into syllables as some characters of a name that stand side by side are read: xian is 西安 there, where
// it would be 先 elsewhere.
func (s *side) reads(word string, room []string) ([]string, bool) {
	for first := range s.tokens {
		rest, said := word, room[:0]
		for i := first; i < len(s.tokens) && rest != "" && len(said) < cap(room); i++ {
			longest := ""
			for _, one := range s.tokens[i].sounds(s.kind) {
				if len(one) > len(longest) && strings.HasPrefix(rest, one) {
					longest = one
				}
			}
			if longest == "" {
				break
			}
			said, rest = append(said, longest), rest[len(longest):]
		}
		if rest == "" {
			return said, true
		}
	}
	return nil, false
}

// sounds are the ways in which a single character is written in Latin letters: in pinyin, and in the name of a person in Wade-Giles and
// as in Hong Kong too.
func (t *token) sounds(kind subject.Kind) []string {
	r := t.Rune()
	if r == 0 {
		return nil
	}
	var all []string
	for _, s := range han.Readings(r) {
		if s == 0 {
			break
		}
		all = append(all, s.String())
		if kind == subject.Person {
			all = append(all, han.WadeGiles(s))
		}
	}
	if kind == subject.Person {
		all = append(all, han.Cantonese(r)...)
	}
	return all
}
