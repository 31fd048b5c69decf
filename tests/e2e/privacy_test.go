package e2e

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// What is personal is nowhere in clear: not in a file of the data folder, and not in the log.
func TestPersonalDataIsNowhereInClear(t *testing.T) {
	t.Parallel()
	statements, err := parse("scripts/16-personal-data.txt")
	if err != nil {
		t.Fatal(err)
	}
	begin, err := time.Parse(time.RFC3339, statements[0].args[0])
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, begin)
	w.stop()
	var log safeBuffer
	w.config.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.config.Endpoint = "" // its files are looked at
	w.start()
	for i := range statements[1:] {
		w.do(&statements[1+i])
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.running.Close(ctx); err != nil {
		t.Fatal(err)
	}
	defer w.start() // for the world's own end
	if log.Len() == 0 {
		t.Error("refusals were not logged, so that the log proves nothing")
	}
	secrets := []string{"320501198005121237", "320501198005121238", "13912345678", "13987654321", "诸葛虚构", "zhuge@example.com", `\u8bf8\u845b`}
	look := func(where string, text []byte) {
		for _, s := range secrets {
			if i := bytes.Index(text, []byte(s)); i >= 0 {
				t.Errorf("%s holds %s: …%q…", where, s, text[max(0, i-80):min(len(text), i+80)])
			}
		}
	}
	look("the log", log.Bytes())
	files := 0
	err = filepath.WalkDir(w.config.Data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		look(filepath.Base(path), text)
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files: %v", files, err)
	}
}

// safeBuffer is a log that several write to.
type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}
