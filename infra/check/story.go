package main

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// race runs all tests, and the request scripts once more on the other engine.
func race(ctx context.Context, out io.Writer) error {
	return errors.Join(
		execute(ctx, out, nil, "go", "test", "-race", "-shuffle=on", "-timeout=10m", "./..."),
		tests(ctx, out, []string{"SHIXIN_E2E=dynamo"}, "-race", "-run=Scripts", "-timeout=5m", "./tests/e2e"),
	)
}

// kills ends the register at random moments of its work and looks at what it finds when it starts again.
func kills(ctx context.Context, out io.Writer) error {
	return tests(ctx, out, []string{"SHIXIN_KILLS=20"}, "-run=Kill", "-timeout=4m", "-v", "./tests/e2e")
}

// smoke runs what the gate before it has built.
func smoke(ctx context.Context, out io.Writer) error {
	return tests(ctx, out, nil, "-run=Lambda", "-timeout=3m", "-v", "./tests/e2e", "-args", "-lambda")
}

// tests runs go test and fails where no test ran.
func tests(ctx context.Context, out io.Writer, env []string, args ...string) error {
	var said bytes.Buffer
	err := execute(ctx, io.MultiWriter(out, &said), env, "go", append([]string{"test", "-count=1"}, args...)...)
	if err == nil && bytes.Contains(said.Bytes(), []byte("no tests to run")) {
		return errors.New("no test has that name: nothing was tested")
	}
	return err
}
