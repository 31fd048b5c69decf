package main

import (
	"bufio"
	"cmp"
	"compress/bzip2"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folding maps a character to the simplified one that it is written for.
type folding map[rune]rune

func variants(opencc, unihan string) (folding, error) {
	// A character of the general standard (通用规范汉字表) is its own simplified form, unless OpenCC's hand-made table says otherwise.
	standard := map[rune]bool{}
	err := eachField(filepath.Join(unihan, "Unihan_Readings.txt.bz2"), func(r rune, field, _ string) {
		if field == "kTGHZ2013" {
			standard[r] = true
		}
	})
	if err != nil {
		return nil, err
	}
	fold := folding{}
	// The first that says something of a character is believed: OpenCC is curated by hand, Unihan fills its gaps.
	for _, name := range []string{"TSCharacters.txt", "JPShinjitaiCharacters.txt", "HKVariants.txt", "TWVariants.txt"} {
		text, err := os.ReadFile(filepath.Join(opencc, name))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			left, right, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			from := []rune(left)
			for _, variant := range strings.Fields(right) {
				to := []rune(variant)
				if name == "HKVariants.txt" || name == "TWVariants.txt" {
					from, to = to, []rune(left) // these name the standard character first
				}
				if len(from) == 1 && len(to) == 1 && (name == "TSCharacters.txt" || !standard[from[0]]) {
					fold.add(from[0], to[0])
				}
				if name != "HKVariants.txt" && name != "TWVariants.txt" {
					break // the likeliest comes first
				}
			}
		}
	}
	err = eachField(filepath.Join(unihan, "Unihan_Variants.txt.bz2"), func(r rune, field, value string) {
		if field != "kSimplifiedVariant" {
			return
		}
		for _, v := range strings.Fields(value) {
			if n, err := strconv.ParseInt(strings.TrimPrefix(v, "U+"), 16, 32); err == nil && rune(n) != r && !standard[r] {
				fold.add(r, rune(n))
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for from := range fold {
		to, steps := from, 0
		for next, ok := fold[to]; ok && steps < 8; next, ok = fold[to] {
			to, steps = next, steps+1
		}
		if steps == 8 {
			return nil, fmt.Errorf("variants of %c go round in a circle", from)
		}
		fold[from] = to
	}
	return fold, nil
}

// add keeps what is known first, and never leads back.
func (f folding) add(from, to rune) {
	if _, known := f[from]; known || from == to || from < 0x3400 {
		return
	}
	for r, ok := to, true; ok; r, ok = f[r] {
		if r == from {
			return
		}
	}
	f[from] = to
}

func (f folding) lines() string {
	by := map[rune][]rune{}
	for from, to := range f {
		by[to] = append(by[to], from)
	}
	var all []rune
	for to, from := range by {
		slices.Sort(from)
		all = append(all, to)
	}
	slices.Sort(all)
	var b strings.Builder
	width := 0
	for _, to := range all {
		if width > 120 {
			b.WriteByte('\n')
			width = 0
		} else if width > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(to) + string(by[to]))
		width += 2 + len(by[to])
	}
	return b.String()
}

// readings lists the characters of each syllable. Characters that fold to others are left out.
func readings(unihan string, fold folding) (string, error) {
	chars := map[rune]*said{}
	fields := map[rune]map[string]string{}
	err := eachField(filepath.Join(unihan, "Unihan_Readings.txt.bz2"), func(r rune, field, value string) {
		if _, folds := fold[r]; folds || r < 0x3400 || r > 0x9fff {
			return
		}
		switch field {
		case "kMandarin", "kHanyuPinlu", "kTGHZ2013", "kXHC1983":
			if fields[r] == nil {
				fields[r] = map[string]string{}
			}
			fields[r][field] = value
		}
	})
	if err != nil {
		return "", err
	}
	for r, f := range fields {
		s := &said{}
		for _, v := range strings.Fields(f["kHanyuPinlu"]) { // the most frequent in writing first
			v, _, _ = strings.Cut(v, "(")
			s.add(plain(v))
		}
		customary, _, _ := strings.Cut(f["kMandarin"], " ")
		s.add(plain(customary))
		for _, field := range []string{"kTGHZ2013", "kXHC1983"} {
			for _, v := range strings.Fields(f[field]) {
				_, v, _ = strings.Cut(v, ":")
				for _, v := range strings.Split(v, ",") {
					s.add(plain(v))
				}
			}
		}
		chars[r] = s
	}
	first, more := map[string][]rune{}, map[string][]rune{}
	var syllables []string
	for r, s := range chars {
		if s.first == "" {
			continue
		}
		first[s.first] = append(first[s.first], r)
		syllables = append(syllables, s.first)
		for _, m := range s.more[:min(len(s.more), 2)] {
			more[m] = append(more[m], r)
			syllables = append(syllables, m)
		}
	}
	slices.SortFunc(syllables, cmp.Compare[string])
	var b strings.Builder
	for i, s := range slices.Compact(syllables) {
		if i > 0 {
			b.WriteByte('\n')
		}
		slices.Sort(first[s])
		slices.Sort(more[s])
		b.WriteString(strings.TrimRight(s+" "+string(first[s])+" "+string(more[s]), " "))
	}
	return b.String(), nil
}

// said are the readings of one character, the usual one first.
type said struct {
	first string
	more  []string
}

func (s *said) add(syllable string) {
	switch {
	case syllable == "" || syllable == s.first || slices.Contains(s.more, syllable):
	case s.first == "":
		s.first = syllable
	default:
		s.more = append(s.more, syllable)
	}
}

// plain takes the tones off and writes ü as v, as keyboards do.
func plain(reading string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(reading)) {
		switch {
		case r == '\u0308': // the dots of ü
			s := b.String()
			if strings.HasSuffix(s, "u") {
				b.Reset()
				b.WriteString(s[:len(s)-1] + "v")
			}
		case unicode.Is(unicode.Mn, r):
		case 'a' <= r && r <= 'z':
			b.WriteRune(r)
		}
	}
	return b.String()
}

func eachField(path string, do func(r rune, field, value string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(bzip2.NewReader(f))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		parts := strings.Split(s.Text(), "\t")
		if len(parts) != 3 || !strings.HasPrefix(parts[0], "U+") {
			continue
		}
		n, err := strconv.ParseInt(parts[0][2:], 16, 32)
		if err != nil {
			return fmt.Errorf("%s: %q: %w", path, s.Text(), err)
		}
		do(rune(n), parts[1], parts[2])
	}
	return s.Err()
}
