package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"shixin/shared/naming"
)

func (r *result) print(w io.Writer, markdown bool) {
	row, rule, bullet := plainRow, "", ""
	if markdown {
		row, rule, bullet = markdownRow, "|---|---|---|---|---|", "- "
	}
	head := []string{"queries", "number", "first", "among ten", fmt.Sprintf("at %.2f", naming.DefaultThreshold)}
	if len(r.systems) > 1 {
		head = append(head, "Jaro-Winkler first", "among ten")
		rule += "---|---|"
	}
	row(w, head)
	if markdown {
		fmt.Fprintln(w, rule)
	}
	total := make([]class, len(r.systems))
	for i, c := range r.systems[0].classes {
		cells := []string{c.name, fmt.Sprint(c.queries), part(c.first, c.queries), part(c.ten, c.queries), part(c.hit, c.queries)}
		total[0].sum(c)
		if len(r.systems) > 1 {
			f := r.systems[1].classes[i]
			cells = append(cells, part(f.first, f.queries), part(f.ten, f.queries))
			total[1].sum(f)
		}
		row(w, cells)
	}
	t := total[0]
	cells := []string{"all", fmt.Sprint(t.queries), part(t.first, t.queries), part(t.ten, t.queries), part(t.hit, t.queries)}
	if len(r.systems) > 1 {
		cells = append(cells, part(total[1].first, total[1].queries), part(total[1].ten, total[1].queries))
	}
	row(w, cells)
	fmt.Fprintln(w)
	for _, s := range r.systems {
		if len(s.wrong) == 0 {
			continue
		}
		threshold := s.strict(0.01)
		recall, alarms := s.at(threshold)
		fmt.Fprintf(w, "%s%s: %.3f of the queries found at %.1f%% false alarms (threshold %.3f)\n", bullet, s.name, recall, 100*alarms, threshold)
	}
	if r.pairs > 0 {
		fmt.Fprintf(w, bullet+"Companies that share region, trade and form: %d of %d pairs are hits at %.2f (%.2f%%)\n", r.alarms, r.pairs, naming.DefaultThreshold, 100*share(r.alarms, r.pairs))
	}
	if markdown { // what a machine is busy with is no figure for a table
		fmt.Fprintln(w)
		return
	}
	each := slices.Clone(r.systems[0].each)
	slices.Sort(each)
	var sum time.Duration
	for _, d := range each {
		sum += d
	}
	fmt.Fprintf(w, "%.0f queries a second on one core, p50 %v, p99 %v; ready in %v; %d bytes a name\n\n",
		float64(len(each))/sum.Seconds(), each[len(each)/2].Round(time.Microsecond), each[len(each)*99/100].Round(time.Microsecond), r.ready.Round(time.Millisecond), r.bytes/max(r.names, 1))
}

func (c *class) sum(o *class) {
	c.queries += o.queries
	c.first += o.first
	c.ten += o.ten
	c.hit += o.hit
}

func part(n, of int) string { return fmt.Sprintf("%.3f", share(n, of)) }

func plainRow(w io.Writer, cells []string) {
	for i, c := range cells {
		if i == 0 {
			fmt.Fprintf(w, "%-22s", c)
		} else {
			fmt.Fprintf(w, "%20s", c)
		}
	}
	fmt.Fprintln(w)
}

func markdownRow(w io.Writer, cells []string) {
	fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |")
}

func (r *result) printCurve(w io.Writer, markdown bool) {
	s := r.systems[0]
	if len(s.wrong) == 0 {
		return
	}
	row, step := plainRow, 2
	if markdown {
		row, step = markdownRow, 5
	}
	row(w, []string{"threshold", "found", "false alarms"})
	if markdown {
		fmt.Fprintln(w, "|---|---|---|")
	}
	for t := 60; t <= 98; t += step {
		recall, alarms := s.at(float64(t) / 100)
		row(w, []string{fmt.Sprintf("%.2f", float64(t)/100), fmt.Sprintf("%.3f", recall), fmt.Sprintf("%.3f", alarms)})
	}
	fmt.Fprintln(w)
}

func (r *result) printMisses(w io.Writer) {
	for _, m := range r.systems[0].misses {
		fmt.Fprintf(w, "%-18s rank %2d  %s  [%s]", m.query.class, m.rank, m.query.name, m.query.listed)
		for _, f := range m.got[:min(3, len(m.got))] {
			fmt.Fprintf(w, "  %s %.3f", f.id, f.score)
		}
		fmt.Fprintln(w)
	}
}
