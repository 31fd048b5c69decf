package server

import (
	"context"
	"errors"
	"testing"
)

func TestTheDemonstration(t *testing.T) {
	dir := t.TempDir()
	shows := 0
	killed := true
	c := settings(dir, &fakes{})
	c.Demo = func(_ context.Context, url string, token func(string) (string, error)) error {
		shows++
		bearer, err := token("officer")
		if err != nil {
			return err
		}
		if status, _ := call(t, "GET", url+"/healthz", "", ""); status != 503 {
			t.Errorf("ready before the demonstration is there: %d", status)
		}
		if status, answer := call(t, "POST", url+"/v1/listings", bearer, "{}"); status != 200 {
			t.Errorf("%d %s", status, answer)
		}
		if killed {
			return errors.New("killed")
		}
		return nil
	}
	if _, err := Start(t.Context(), c); err == nil {
		t.Fatal("no error")
	}
	killed = false
	for range 2 {
		if err := start(t, c).Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if shows != 2 {
		t.Errorf("the demonstration ran %d times, want once more after the kill", shows)
	}
	c.Data, c.Empty = t.TempDir(), true
	if err := start(t, c).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Empty = false
	if err := start(t, c).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if shows != 2 {
		t.Error("a folder that was begun empty got the demonstration")
	}
}
