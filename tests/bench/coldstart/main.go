// Command coldstart measures what the functions cost from exec to their first poll, beside a hello-world function.
//
//	go run ./tests/bench/coldstart [-runs 31] [-only status,registry] [-trace]
//
// It plays Lambda's Runtime API on a loopback port and ends each process at its first poll. All binaries are built alike,
// and the runs of all are interleaved, so that a busy machine is busy for each of them. -trace prints instead what
// the packages of each function do before main, from the runtime's own trace.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// target is one binary under measurement.
type target struct {
	name   string
	source string // its package
	most   float64
	binary string
	size   int64
	starts []start
}

func main() {
	runs := flag.Int("runs", 31, "runs of each binary")
	only := flag.String("only", "", "functions to measure, with commas between; all when empty")
	trace := flag.Bool("trace", false, "print what is initialised before main, and measure nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *runs, *only, *trace); err != nil {
		stop()
		log.Fatal(err)
	}
}

func run(ctx context.Context, runs int, only string, trace bool) error {
	if runs < 1 {
		return errors.New("-runs must be 1 or more")
	}
	targets, err := find(only)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "coldstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, t := range targets {
		if err := t.build(ctx, folder); err != nil {
			return err
		}
	}
	api, err := listen()
	if err != nil {
		return err
	}
	defer api.Close()
	if trace {
		return traces(ctx, api, targets)
	}
	for n := range runs + 1 {
		for _, t := range targets {
			s, err := api.start(ctx, t.binary)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			if n > 0 { // the first run reads the binary from disk
				t.starts = append(t.starts, s)
			}
		}
	}
	return report(targets)
}

// find lists the hello-world function and the functions of this repository.
func find(only string) ([]*target, error) {
	mains, err := filepath.Glob("functions/*/lambda/main.go")
	if err != nil {
		return nil, err
	}
	if len(mains) == 0 {
		return nil, errors.New("there is no functions/*/lambda here: run it in the repository's root")
	}
	targets := []*target{{name: "hello-world", source: "./tests/bench/coldstart/hello", most: 1}}
	for _, m := range mains {
		name := filepath.Base(filepath.Dir(filepath.Dir(m)))
		if only != "" && !slices.Contains(strings.Split(only, ","), name) {
			continue
		}
		most := 4.0
		if name == "status" {
			most = 2
		}
		targets = append(targets, &target{name: name, source: "./functions/" + name + "/lambda", most: most})
	}
	return targets, nil
}

// build makes the binary as the template's build does.
func (t *target) build(ctx context.Context, folder string) error {
	t.binary = filepath.Join(folder, t.name)
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", t.binary, t.source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w", t.source, err)
	}
	info, err := os.Stat(t.binary)
	if err == nil {
		t.size = info.Size()
	}
	return err
}

// report prints medians and how often hello-world's CPU time they are.
func report(targets []*target) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "function\tMB\tcpu ms\twall ms\tcpu, times hello\tasked\t")
	floor := targets[0].median(func(s start) time.Duration { return s.cpu })
	for _, t := range targets {
		cpu := t.median(func(s start) time.Duration { return s.cpu })
		wall := t.median(func(s start) time.Duration { return s.wall })
		asked := fmt.Sprintf("<= %.0f", t.most)
		if t == targets[0] {
			asked = ""
		}
		fmt.Fprintf(w, "%s\t%.1f\t%.2f\t%.2f\t%.2f\t%s\t\n", t.name, float64(t.size)/(1<<20), ms(cpu), ms(wall), float64(cpu)/float64(floor), asked)
	}
	return w.Flush()
}

func (t *target) median(of func(start) time.Duration) time.Duration {
	all := make([]time.Duration, 0, len(t.starts))
	for _, s := range t.starts {
		all = append(all, of(s))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
