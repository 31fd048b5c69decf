// Package enginestest provides running engines to tests.
//
// A test whose engine is not installed is skipped, unless SHIXIN_REQUIRE_ENGINES=1 says that this must not happen, as
// the full check does: then it fails. Tests never install anything.
package enginestest

import (
	"errors"
	"os"
	"testing"

	"shixin/infra/engines/engine"
)

// Dynoxide starts a DynamoDB API with its data in memory and returns its endpoint. It is stopped when the test ends.
func Dynoxide(t testing.TB) (endpoint string) {
	t.Helper()
	return run(t, func() (*engine.Server, error) { return engine.StartDynoxide("") })
}

// Moto starts an API of S3, SQS and KMS with its data in memory and returns its endpoint. It is stopped when the test ends.
func Moto(t testing.TB) (endpoint string) {
	t.Helper()
	return run(t, engine.StartMoto)
}

func run(t testing.TB, start func() (*engine.Server, error)) string {
	t.Helper()
	s, err := start()
	must(t, err)
	t.Cleanup(s.Stop)
	return s.Endpoint
}

func must(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if errors.Is(err, engine.ErrMissing) && os.Getenv("SHIXIN_REQUIRE_ENGINES") != "1" {
		t.Skip(err)
	}
	t.Fatal(err)
}
