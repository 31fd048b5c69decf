package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// special are the regions that china-division keeps apart, with their codes of GB/T 2260.
const special = "710000 台湾省\n810000 香港特别行政区\n820000 澳门特别行政区\n"

func regions(division string) (string, error) {
	read := func(name string) ([][]string, error) {
		f, err := os.Open(filepath.Join(division, name))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return rows[1:], nil
	}
	provinces, err := read("provinces.csv")
	if err != nil {
		return "", err
	}
	cities, err := read("cities.csv")
	if err != nil {
		return "", err
	}
	areas, err := read("areas.csv")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range provinces {
		fmt.Fprintf(&b, "%s0000 %s\n", p[0], p[1])
		for _, c := range cities {
			if c[2] != p[0] {
				continue
			}
			name := c[1]
			switch name {
			case "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划":
				name = "-" // a heading and no place: districts of a municipality, counties directly under a province
			}
			fmt.Fprintf(&b, "%s00 %s", c[0], name)
			for _, a := range areas {
				if a[2] == c[0] && a[1] != "市辖区" {
					fmt.Fprintf(&b, " %s%s", a[0][4:], a[1])
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String() + strings.TrimSuffix(special, "\n"), nil
}
