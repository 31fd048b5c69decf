package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// cantonese lists the characters of each syllable of Cantonese, in Jyutping without tones: those of the general standard
// (通用规范汉字表), by their most customary reading. A simplified character without one has that of what is written for it.
func cantonese(unihan string, fold folding) (string, error) {
	standard, said := map[rune]bool{}, map[rune]string{}
	err := eachField(filepath.Join(unihan, "Unihan_Readings.txt.bz2"), func(r rune, field, value string) {
		switch field {
		case "kTGHZ2013":
			standard[r] = true
		case "kCantonese":
			first, _, _ := strings.Cut(value, " ")
			said[r] = strings.TrimRight(first, "0123456789")
		}
	})
	if err != nil {
		return "", err
	}
	return sung(standard, said, fold), nil
}

// sung writes a field for each syllable, some to a line.
func sung(standard map[rune]bool, said map[rune]string, fold folding) string {
	for _, from := range slices.Sorted(maps.Keys(fold)) {
		to := fold[from]
		if said[to] == "" && said[from] != "" {
			said[to] = said[from]
		}
	}
	by := map[string][]rune{}
	for r := range standard {
		if s := said[r]; s != "" && r >= 0x3400 && r <= 0x9fff {
			by[s] = append(by[s], r)
		}
	}
	var b strings.Builder
	width := 0
	for _, s := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[s])
		switch {
		case width > 100:
			b.WriteByte('\n')
			width = 0
		case width > 0:
			b.WriteByte(' ')
		}
		b.WriteString(s + ":" + string(by[s]))
		width += len(s) + 2 + 2*len(by[s])
	}
	return b.String()
}
