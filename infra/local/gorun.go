package main

import (
	"context"
	"os"
	"strings"
	"time"
)

// withGoRun ends the context when the go command that started this program is gone. SIGTERM ends go run without being
// passed on, and would leave the program behind on its port.
func withGoRun(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	path, err := os.Executable()
	if err != nil || !strings.Contains(path, "go-build") { // where go run puts what it builds
		return ctx, cancel
	}
	parent := os.Getppid()
	go func() {
		for ctx.Err() == nil {
			time.Sleep(100 * time.Millisecond)
			if os.Getppid() != parent {
				cancel()
			}
		}
	}()
	return ctx, cancel
}
