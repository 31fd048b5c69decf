package naming

import (
	"slices"
	"unicode/utf8"

	"shixin/shared/naming/han"
	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/likeness"
	"shixin/shared/subject"
)

// hash is FNV-1a of 64 bits with a last stir, so that its upper bits choose a bucket well.
type hash uint64

func begin(family byte) hash { return (14695981039346656037 ^ hash(family)) * 1099511628211 }

func (h hash) text(s string) hash {
	for i := range len(s) {
		h = (h ^ hash(s[i])) * 1099511628211
	}
	return h
}

func (h hash) bytes(s []byte) hash {
	for i := range s {
		h = (h ^ hash(s[i])) * 1099511628211
	}
	return h
}

func (h hash) number(n uint64) hash {
	for range 4 {
		h = (h ^ hash(n&0xffff)) * 1099511628211
		n >>= 16
	}
	return h
}

func (h hash) end() hash {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// Families of keys. What two names have in common is one key that both have.
const (
	familySpelling = 'k' // the sound of a Latin word, or that without one letter
	familyHan      = 'h' // a Han word
	familySounds   = 'S' // all syllables of the own words of a name
	familyPair     = 'C' // two Han characters of it
	familyPlace    = 'T' // a Han character with the region or a trade
	familyAloud    = 'A' // those syllables in their order, without where they part
	familyWhole    = 'W' // all own words of it by their sound
	familyWade     = 'G' // all syllables of the name of a person in Wade-Giles
	familyCanton   = 'K' // all syllables of the name of a person in Cantonese
	familyAcronym  = 'N' // the initials of the words of an organisation's name
	familyInitials = 'I' // the family name of a Chinese person with the initials of the given name
	familyCommon   = 'P' // two words that many names have
)

// spellings calls do with what a Latin word is looked for by.
func spellings(word string, do func(h hash)) {
	likeness.Spellings(word, func(key []byte) { do(begin(familySpelling).bytes(key).end()) })
}

// keyMaker makes the keys of whole names and of characters. It is kept to be used again.
type keyMaker struct {
	own     []*token
	sounds  []han.Syllable
	hashes  []hash
	choices [][3]han.Syllable
}

// most is how many ways of reading a name are looked at.
const mostReadings = 8

// Limits of a name's own words, beyond which it has no key of all syllables.
const maxSyllables = 8

// keys calls do with the keys of a name, and with how much a name that shares the key has in common with it.
func (k *keyMaker) keys(s *side, do func(h hash, worth float32)) {
	k.own = k.own[:0]
	for i := range s.tokens {
		if telling(s, &s.tokens[i]) {
			k.own = append(k.own, &s.tokens[i])
		}
	}
	if len(k.own) == 0 {
		for i := range s.tokens {
			k.own = append(k.own, &s.tokens[i])
		}
	}
	if len(k.own) == 0 {
		return
	}
	k.whole(do)
	k.spoken(do)
	if s.kind == subject.Person {
		k.romanized(do)
	} else {
		k.acronym(s, do)
	}
	k.characters(s, do)
}

// whole is the key of all own words in any order, as they sound.
func (k *keyMaker) whole(do func(hash, float32)) {
	k.hashes = k.hashes[:0]
	for _, t := range k.own {
		if t.Class == lexicon.Particle {
			continue
		}
		if t.Han {
			k.hashes = append(k.hashes, begin(familyHan).text(t.Text))
			continue
		}
		var room [likeness.MaxLetters]byte
		k.hashes = append(k.hashes, begin(familySpelling).bytes(likeness.Key(t.Text, room[:0])))
	}
	slices.Sort(k.hashes)
	h := begin(familyWhole)
	for _, w := range k.hashes {
		h = h.number(uint64(w))
	}
	do(h.end(), 3)
}

// spoken is the key of all syllables of the own words, in any order, for each way of reading them.
func (k *keyMaker) spoken(do func(hash, float32)) {
	k.choices = k.choices[:0]
	for _, t := range k.own {
		if t.Class == lexicon.Particle {
			continue
		}
		if t.Han {
			for _, r := range t.Text {
				read := han.Readings(r)
				if read[0] == 0 {
					return
				}
				for i := range read {
					read[i] = han.Loose(read[i])
				}
				k.choices = append(k.choices, read)
			}
			continue
		}
		var room [han.MaxSyllables]han.Syllable
		syllables, ok := han.Segment(t.Text, room[:0])
		if !ok {
			return
		}
		for _, s := range syllables {
			k.choices = append(k.choices, [3]han.Syllable{han.Loose(s)})
		}
	}
	if len(k.choices) > maxSyllables {
		return
	}
	ways := 1
	for _, c := range k.choices {
		n := 1
		for n < len(c) && c[n] != 0 {
			n++
		}
		ways *= n
	}
	if len(k.choices) > 1 || !k.own[0].Han {
		h := begin(familyAloud)
		for _, t := range k.own {
			switch {
			case t.Class == lexicon.Particle:
			case t.Han:
				for _, r := range t.Text {
					h = h.text(han.Readings(r)[0].String())
				}
			default:
				h = h.text(t.Text)
			}
		}
		do(h.end(), 2.5)
	}
	for way := range min(ways, mostReadings) {
		k.sounds = k.sounds[:0]
		rest := way
		for i := len(k.choices) - 1; i >= 0; i-- {
			n := 1
			for n < len(k.choices[i]) && k.choices[i][n] != 0 {
				n++
			}
			k.sounds = append(k.sounds, k.choices[i][rest%n])
			rest /= n
		}
		slices.Sort(k.sounds)
		h := begin(familySounds)
		for _, s := range k.sounds {
			h = h.number(uint64(s))
		}
		do(h.end(), 2.5)
	}
}

// characters are the keys of pairs of Han characters, and of those of a short brand with where and in what it works.
func (k *keyMaker) characters(s *side, do func(hash, float32)) {
	for i, a := range k.own {
		if a.Han && a.Rune() == 0 { // 青海 in 青海信息服务有限公司 may be a brand
			first, n := utf8.DecodeRuneInString(a.Text)
			second, m := utf8.DecodeRuneInString(a.Text[n:])
			if n+m == len(a.Text) {
				do(pairKey(first, second), 2)
			}
		}
		if a.Rune() == 0 {
			continue
		}
		for j := i + 1; j < len(k.own) && (len(k.own) <= 4 || j <= i+2); j++ {
			if b := k.own[j]; b.Rune() != 0 {
				do(pairKey(a.Rune(), b.Rune()), 2)
			}
		}
		if s.kind == subject.Person || len(k.own) > 3 || !s.branded {
			continue
		}
		for t := range s.tokens {
			b := &s.tokens[t]
			switch b.Class {
			case lexicon.Trade:
				do(begin(familyPlace).number(uint64(a.Rune())).number(uint64(b.Concept)).end(), 1.2)
			case lexicon.Region:
				do(begin(familyPlace).number(uint64(a.Rune())).number(1<<32|uint64(b.Region)).end(), 1.2)
			}
		}
	}
}

func pairKey(a, b rune) hash {
	return begin(familyPair).number(uint64(min(a, b))<<32 | uint64(max(a, b))).end()
}

func commonKey(a, b uint32) hash {
	return begin(familyCommon).number(uint64(min(a, b))<<32 | uint64(max(a, b))).end()
}
