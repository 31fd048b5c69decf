package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// initLine is a line of GODEBUG=inittrace=1 (package runtime).
var initLine = regexp.MustCompile(`^init (\S+) @.* ms, ([0-9.]+) ms clock, (\d+) bytes, (\d+) allocs`)

type initialised struct {
	name         string
	clock        float64
	bytes, alloc int
}

// traces prints the ten costliest initialisations of each function.
func traces(ctx context.Context, a *api, targets []*target) error {
	for _, t := range targets {
		_, said, err := a.run(ctx, t.binary, "GODEBUG=inittrace=1")
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		var all []initialised
		sum := initialised{name: "all"}
		for line := range strings.Lines(said) {
			m := initLine.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			i := initialised{name: m[1]}
			i.clock, _ = strconv.ParseFloat(m[2], 64)
			i.bytes, _ = strconv.Atoi(m[3])
			i.alloc, _ = strconv.Atoi(m[4])
			all = append(all, i)
			sum.clock, sum.bytes, sum.alloc = sum.clock+i.clock, sum.bytes+i.bytes, sum.alloc+i.alloc
		}
		slices.SortFunc(all, func(x, y initialised) int {
			return cmp.Or(cmp.Compare(y.clock, x.clock), cmp.Compare(y.alloc, x.alloc), cmp.Compare(x.name, y.name))
		})
		fmt.Println(t.name)
		for _, i := range append([]initialised{sum}, all[:min(len(all), 10)]...) {
			fmt.Printf("  %7.3f ms %8d bytes %6d allocations  %s\n", i.clock, i.bytes, i.alloc, i.name)
		}
	}
	return nil
}
