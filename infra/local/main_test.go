package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// The test binary runs itself as the command.
func TestMain(m *testing.M) {
	if os.Getenv("LOCAL_TEST") == "" {
		os.Exit(m.Run())
	}
	main()
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = "../.." // it runs in the repository's root
	cmd.Env = append(os.Environ(), "LOCAL_TEST=1")
	return cmd
}

func TestStartAndStop(t *testing.T) {
	cmd := command(t, "-listen", "127.0.0.1:0", "-data", t.TempDir(), "-empty")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	curls, url := 0, ""
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl-C") {
		if _, after, ok := strings.Cut(lines.Text(), "answers at "); ok {
			url = after
		}
		if strings.HasPrefix(lines.Text(), "  curl ") {
			curls++
			answer, err := exec.Command("sh", "-c", lines.Text()+" -o /dev/null -w '%{http_code}'").Output()
			if _, missing := exec.LookPath("curl"); missing != nil {
				continue
			}
			if err != nil || string(answer) != "200" && !strings.Contains(lines.Text(), "$TOKEN") {
				t.Errorf("%s: %s %v", lines.Text(), answer, err)
			}
		}
	}
	if curls < 3 {
		t.Errorf("%d curl lines were printed", curls)
	}
	resp, err := http.Get(url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("/healthz: %d", resp.StatusCode)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// Started elsewhere it says where to start, and leaves nothing behind.
func TestTheWrongFolder(t *testing.T) {
	elsewhere := t.TempDir()
	cmd := command(t, "-listen", "127.0.0.1:0")
	cmd.Dir = elsewhere
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "start it in the root of the repository") {
		t.Errorf("%v: %s", err, out)
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"unknown flag": {[]string{"-port", "80"}, 2, "-listen address"},
		"argument":     {[]string{"start"}, 2, `unexpected argument "start"`},
		"port in use":  {[]string{"-listen", taken.Addr().String(), "-data", t.TempDir()}, 1, "another program has this port"},
		"no loopback":  {[]string{"-listen", ":8080", "-data", t.TempDir()}, 1, "only a loopback address"},
	} {
		out, err := command(t, c.args...).CombinedOutput()
		exit, ok := err.(*exec.ExitError)
		if !ok || exit.ExitCode() != c.status || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v, want status %d and %q in %s", name, err, c.status, c.want, out)
		}
	}
}
