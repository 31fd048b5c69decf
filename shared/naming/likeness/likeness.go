// Package likeness provides how near two words are that were meant to be the same.
package likeness

import "math/bits"

// MaxLetters is how much of a word is compared. Longer words are equal or not.
const MaxLetters = 40

// Key is the sound of a Latin word of lower case, roughly, letter by letter: what transliterations and spellings differ in
// is one letter or none. It appends to into, which may be nil.
func Key(word string, into []byte) []byte { return voiced(sound(word, into), word, "") }

func sound(word string, into []byte) []byte {
	for i := range min(len(word), MaxLetters) {
		if c := sounds[word[i]]; c != 0 && c != last(into) {
			into = append(into, c)
		}
	}
	return into
}

// voiced gives a word of nothing but silent letters the first of them.
func voiced(key []byte, word, rest string) []byte {
	switch {
	case len(key) > 0:
		return key
	case word != "":
		return append(key, word[0])
	case rest != "":
		return append(key, rest[0])
	}
	return key
}

// Spellings calls do with the key of a word, and with the keys of a word of three letters or more without each one of them.
// Two words that are one typing error, or one transliteration, apart have one of these in common. The key is good until do
// returns.
func Spellings(word string, do func(key []byte)) {
	var room [MaxLetters]byte
	do(Key(word, room[:0]))
	if len(word) < 3 {
		return
	}
	word = word[:min(len(word), MaxLetters)]
	for i := range len(word) {
		if i > 0 && word[i] == word[i-1] {
			continue // the same word is left
		}
		do(voiced(sound(word[i+1:], sound(word[:i], room[:0])), word[:i], word[i+1:]))
	}
}

func last(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[len(b)-1]
}

// sounds maps each letter to the one that stands for all that it is exchanged with; 0 is silent.
var sounds = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	for _, pair := range []string{"ck", "qk", "xk", "wv", "yi", "ji", "ei", "ou", "zs"} {
		t[pair[0]] = pair[1]
	}
	t['h'] = 0
	return t
}()

// Costs of differences between two words, in twentieths of a letter that is simply another.
const (
	near   = 8  // letters that transliterations exchange
	vocal  = 14 // one vowel for another
	silent = 7  // a letter h, or a doubled letter
	swap   = 17 // two neighbours in the other order
	other  = 20
)

// replace is what it costs to write one letter for another, by the lower five bits of each.
var replace = func() (t [32][32]uint8) {
	for a := range t {
		for b := range t[a] {
			if a != b {
				t[a][b] = other
			}
		}
	}
	const vowels = "aeiouy"
	for i := range vowels {
		for j := range vowels {
			if i != j {
				t[vowels[i]&31][vowels[j]&31] = vocal
			}
		}
	}
	for _, p := range []string{"ck", "cq", "kq", "vw", "iy", "sz", "cs", "gj", "ij", "jy", "fv", "ou", "ei", "ey", "gh", "hk", "bp", "dt", "fp", "gk", "ks", "jz", "cx", "hx", "ae", "bv", "sx"} {
		t[p[0]&31][p[1]&31], t[p[1]&31][p[0]&31] = near, near
	}
	return t
}()

// drops are what it costs to leave out each letter of a word.
func drops(word string, into *[MaxLetters]int32) {
	for i := range len(word) {
		into[i] = other
		if i > 0 && (word[i-1] == word[i] || word[i] == 'h') {
			into[i] = silent
		}
	}
}

// tooFar is more than any distance.
const tooFar = 1 << 20

// distance is the least cost of turning one word into the other by single letters and swaps of neighbours. It gives up and
// returns [tooFar] when the cost exceeds most.
func distance(a, b string, most int32) int32 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) > MaxLetters || int32(len(b)-len(a))*silent > most {
		return tooFar
	}
	for len(a) > 0 && a[len(a)-1] == b[len(b)-1] { // what both end with costs nothing
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if int32(unlike(a, b))*other > most {
		return tooFar
	}
	var dropA, dropB [MaxLetters]int32
	drops(a, &dropA)
	drops(b, &dropB)
	var rows [3][MaxLetters + 1]int32
	before, row, next := &rows[0], &rows[1], &rows[2]
	for j := range len(b) {
		row[j+1] = row[j] + dropB[j]
	}
	for i := range len(a) {
		down := dropA[i]
		left := row[0] + down
		next[0] = left
		least := left
		costs := &replace[a[i]&31]
		for j := range len(b) {
			d := row[j]
			if a[i] != b[j] {
				d += int32(costs[b[j]&31])
			}
			d = min(d, row[j+1]+down, left+dropB[j])
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] && a[i] != a[i-1] {
				d = min(d, before[j-1]+swap)
			}
			next[j+1] = d
			left = d
			least = min(least, d)
		}
		if least > most {
			return tooFar
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// families are letters that no cheap exchange leads out of: a bit for each, none for letters that are exchanged with many.
var families = func() (t [32]uint8) {
	for i, letters := range []string{"l", "m", "n", "r", "dt", "bpfvw"} {
		for j := range letters {
			t[letters[j]&31] = 1 << i
		}
	}
	return t
}()

// unlike is how many letters at least have to become others: what a word has of families that the other has nothing of.
func unlike(a, b string) int {
	var x, y uint8
	for i := range len(a) {
		x |= families[a[i]&31]
	}
	for i := range len(b) {
		y |= families[b[i]&31]
	}
	return max(bits.OnesCount8(x&^y), bits.OnesCount8(y&^x))
}

// Words is how alike two words are, from 0 to 1. Short words have to agree better than long ones.
func Words(a, b string) float32 {
	if a == b {
		return 1
	}
	length := float32(max(len(a), len(b)))
	if length < 3 {
		if a != "" && b != "" && sounds[a[0]] == sounds[b[0]] && sounds[a[len(a)-1]] == sounds[b[len(b)-1]] && len(a) == len(b) {
			return 0.7
		}
		return 0
	}
	d := distance(a, b, int32(length*mostUnlike*other))
	if d == tooFar {
		return 0
	}
	return max(0, 1-float32(d)/other/(length*0.85+0.4))
}

// mostUnlike is the share of a word beyond which it is another word.
const mostUnlike = 0.34
