package naming

import (
	"strings"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/region"
	"shixin/shared/subject"
)

// How alike an organisation's name is to another one that is its initials. Those of four letters stand for too many.
const (
	shortAcronym = 0.72
	longAcronym  = 0.8
	leastAcronym = 4
	mostAcronym  = 8
)

// acronym is the one word of a Latin name of an organisation that may be the initials of another name: IRISL, or IRISL LTD.; nil is none.
func (s *side) acronym() *token {
	if s.kind == subject.Person {
		return nil
	}
	var one *token
	for i := range s.tokens {
		switch t := &s.tokens[i]; t.Class {
		case lexicon.Core:
			if one != nil || t.Han || len(t.Text) < leastAcronym || len(t.Text) > mostAcronym {
				return nil
			}
			one = t
		case lexicon.Region, lexicon.Trade:
			return nil
		}
	}
	return one
}

// initials are the first letters of the words of a Latin name of an organisation, without those of its legal form and with them. They
// are empty where they are too few or too many.
func (s *side) initials(room *[2][mostAcronym + 1]byte) (without, with []byte) {
	without, with = room[0][:0], room[1][:0]
	put := func(into []byte, letter byte) []byte {
		if len(into) < cap(into) {
			into = append(into, letter)
		}
		return into
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.Han {
			return nil, nil
		}
		if t.Class == lexicon.Particle {
			continue
		}
		text := t.Text
		if t.Class == lexicon.Region {
			text = region.Spaced(text)
		}
		for word := range strings.FieldsSeq(text) {
			with = put(with, word[0])
			if t.Class != lexicon.Form {
				without = put(without, word[0])
			}
		}
	}
	return fitting(without), fitting(with)
}

func fitting(letters []byte) []byte {
	if len(letters) < leastAcronym || len(letters) > mostAcronym {
		return nil
	}
	return letters
}

// abbreviates is how alike two names are of which one is the initials of the other, and which one; 0 is not at all.
func abbreviates(q, l *side) (score float32, short *token, long *side) {
	for _, pair := range [2][2]*side{{q, l}, {l, q}} {
		short, long = pair[0].acronym(), pair[1]
		if short == nil || len(long.tokens) < leastAcronym-1 {
			continue
		}
		var room [2][mostAcronym + 1]byte
		without, with := long.initials(&room)
		if string(without) != short.Text && string(with) != short.Text {
			continue
		}
		if len(short.Text) == leastAcronym {
			return shortAcronym, short, long
		}
		return longAcronym, short, long
	}
	return 0, nil, nil
}

// acronym makes the keys of what the initials of a name, or the name as initials, are looked for by.
func (k *keyMaker) acronym(s *side, do func(hash, float32)) {
	if t := s.acronym(); t != nil {
		do(begin(familyAcronym).text(t.Text).end(), 2.5)
		return
	}
	var room [2][mostAcronym + 1]byte
	without, with := s.initials(&room)
	if len(without) > 0 {
		do(begin(familyAcronym).bytes(without).end(), 2.5)
	}
	if len(with) > 0 && string(with) != string(without) {
		do(begin(familyAcronym).bytes(with).end(), 2.5)
	}
}
