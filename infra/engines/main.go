// Command engines installs the servers and tools that the full check runs, and leaves alone what is there.
//
//	go run ./infra/engines [-want dynoxide,moto,sam,cfn-lint]
//
// It needs cargo for dynoxide and python3 (3.10 or later) for the others. They go to $SHIXIN_ENGINES, else to
// shixin/engines in the user's cache folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"

	"shixin/infra/engines/engine"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var names []string
	for _, e := range engine.All {
		names = append(names, e.Name)
	}
	flags := flag.NewFlagSet("engines", flag.ExitOnError)
	want := flags.String("want", strings.Join(names, ","), "the engines to install, by name")
	if err := flags.Parse(args); err != nil {
		return err
	}
	// All at once: one compiles while the others wait for the network.
	var all sync.WaitGroup
	wanted := strings.Split(*want, ",")
	errs := make([]error, len(wanted))
	for i, name := range wanted {
		all.Go(func() { errs[i] = engine.Install(ctx, strings.TrimSpace(name), os.Stderr) })
	}
	all.Wait()
	return errors.Join(errs...)
}
