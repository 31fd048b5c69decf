// Command check runs every gate that a change has to pass, and says at the end how many did.
//
//	go run ./infra/check [-list] [-only vet,fuzz] [-v]
//	go run ./infra/check -journal [-data DIR | -endpoint URL -table NAME] [-repair]
//	go run ./infra/check -queries [-data DIR | -endpoint URL -table NAME]
//
// It runs from the top of the repository and needs the engines of `go run ./infra/engines`. A missing engine fails.
// With -journal it looks at a register instead: whether what the list says is what the journal's entries come to; with -queries
// whether the log of who asked what is whole.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"shixin/infra/check/journalcheck"
	"shixin/infra/check/querycheck"
)

// errFailed says that gates failed; what failed has been printed.
var errFailed = errors.New("not all gates passed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, errFailed) {
			fmt.Fprintln(os.Stderr, "check:", err)
		}
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ExitOnError)
	list := flags.Bool("list", false, "say what the gates are and run none")
	only := flags.String("only", "", "the gates to run, by name; all where empty")
	verbose := flags.Bool("v", false, "print the output of gates that passed too")
	journal := flags.Bool("journal", false, "run no gate: compare a register's journal with what follows from it")
	queries := flags.Bool("queries", false, "run no gate: verify the log of who asked what")
	repair := flags.Bool("repair", false, "with -journal: put right what does not follow")
	var where journalcheck.Where
	flags.StringVar(&where.Data, "data", "data", "with -journal or -queries: the `folder` of a local run, which must be stopped")
	flags.StringVar(&where.Endpoint, "endpoint", "", "with -journal or -queries: `URL` of a DynamoDB API, or aws for that of the configured region")
	flags.StringVar(&where.Table, "table", "shixin-local", "with -endpoint: the table's `name`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; gates are named by -only", flags.Arg(0))
	}
	if *journal {
		return journalcheck.Command(ctx, out, where, *repair)
	}
	if *queries && !*repair {
		return querycheck.Command(ctx, out, where)
	}
	if *repair {
		return errors.New("-repair goes with -journal")
	}
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it from the top of the repository: go run ./infra/check")
	}
	chosen, err := choose(gates, *only)
	if err != nil {
		return err
	}
	if *list {
		for _, g := range chosen {
			fmt.Fprintf(out, "%-13s %s\n", g.name, g.asks)
		}
		return nil
	}
	if passed := runAll(ctx, chosen, *verbose, out); passed < len(chosen) {
		return errFailed
	}
	return nil
}

func choose(all []gate, only string) ([]gate, error) {
	if only == "" {
		return all, nil
	}
	var chosen []gate
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(g gate) bool { return g.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("no gate %q; see -list", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// runAll runs the gates one after the other, all of them, and returns how many passed.
func runAll(ctx context.Context, chosen []gate, verbose bool, out io.Writer) (passed int) {
	var failed []string
	for _, g := range chosen {
		var said bytes.Buffer
		started := time.Now()
		err := runGate(ctx, g, &said)
		mark := "ok  "
		if err != nil {
			mark = "FAIL"
			failed = append(failed, g.name)
		}
		fmt.Fprintf(out, "%s  %-13s %6.1fs  %s\n", mark, g.name, time.Since(started).Seconds(), g.asks)
		if text := strings.TrimRight(said.String(), "\n"); text != "" && (err != nil || verbose) {
			fmt.Fprintln(out, "      "+strings.ReplaceAll(text, "\n", "\n      "))
		}
		if err != nil {
			fmt.Fprintf(out, "      %s: %v\n      again: go run ./infra/check -only %s\n", g.name, err, g.name)
		}
	}
	if len(failed) > 0 {
		fmt.Fprintln(out, "failed:", strings.Join(failed, ", "))
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", len(chosen)-len(failed), len(failed))
	return len(chosen) - len(failed)
}

func runGate(ctx context.Context, g gate, out io.Writer) error {
	within, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	err := g.run(within, out)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("it took longer than %v: %w", g.limit, err)
	}
	return err
}
