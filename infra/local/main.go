// Command local runs the register on one machine: the functions of template.yaml behind a gateway, on an embedded table.
//
//	go run ./infra/local [-listen 127.0.0.1:8080] [-data DIR] [-empty] [-endpoint URL] [-lambda DIR]
//
// The first start on an empty folder loads a small demonstration, unless -empty. SIGTERM or Ctrl-C ends it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"shixin/infra/local/demo"
	"shixin/infra/local/server"
)

// patience is how long calls that are under way have to end.
const patience = 10 * time.Second

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	ctx, leave := withGoRun(ctx)
	defer leave()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp), errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("wrong arguments") // and the flag set has said which

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c server.Config
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "loopback `address` to answer at")
	flags.StringVar(&c.Data, "data", "data", "`folder` in which everything is kept")
	flags.BoolVar(&c.Empty, "empty", false, "load no demonstration; delete nothing")
	flags.StringVar(&c.Endpoint, "endpoint", "", "`URL` of a DynamoDB API to use in place of the embedded file")
	flags.StringVar(&c.Lambda, "lambda", "", "with -endpoint: run the binaries that sam build wrote under this `folder` (.aws-sam/build)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "local: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		return errUsage
	}
	c.Demo = []server.Act{demo.Past, demo.Load}
	c.Log = slog.New(slog.NewTextHandler(stderr, nil))
	running, err := server.Start(ctx, c)
	if ctx.Err() != nil { // stopped while starting
		if running != nil {
			err = running.Close(context.Background())
		} else if errors.Is(err, context.Canceled) {
			err = nil
		}
		return err
	}
	if err != nil {
		return err
	}
	welcome(stdout, running.URL, !c.Empty)
	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return running.Close(closing)
}

func welcome(w io.Writer, url string, demonstration bool) {
	fmt.Fprintf(w, `Shixin answers at %[1]s

A token of the case officer (other personas: decider, auditor, operator, …):
  TOKEN=$(curl -s %[1]s/dev/token -H 'Content-Type: application/json' -d '{"persona":"officer"}' | sed 's/.*"access_token":"//;s/".*//')

`, url)
	if demonstration {
		fmt.Fprintf(w, `Then try: is a company on the published list; what waits for a decision; what the check found about an enterprise;
a name in other characters.
  curl -s %[1]s/v1/status/uscc/%[2]s
  curl -s '%[1]s/v1/listings?state=noticed' -H "Authorization: Bearer $TOKEN"
  curl -s %[1]s/v1/enterprises/%[3]s/findings -H "Authorization: Bearer $TOKEN"
  curl -s %[1]s/v1/search -H 'Content-Type: application/json' -d '{"name":"示例甲手機卡"}'
`, url, demo.Published, demo.Concerned)
	} else {
		fmt.Fprintf(w, `Then try: the regimes; is a company on the published list; your work queue.
  curl -s %[1]s/v1/regimes
  curl -s %[1]s/v1/status/uscc/%[2]s
  curl -s %[1]s/v1/listings -H "Authorization: Bearer $TOKEN"
`, url, demo.Published)
	}
	fmt.Fprint(w, "\nCtrl-C stops it.\n")
}
