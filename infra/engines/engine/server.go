package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// Server is an engine that runs and answers.
type Server struct {
	Endpoint string // http://127.0.0.1:PORT
	cmd      *exec.Cmd
	ended    chan struct{}
	output   *tail
}

// startLimit is how long a server may take to answer first; moto loads for some seconds on a busy machine.
const startLimit = 60 * time.Second

// StartDynoxide starts a DynamoDB API on a free loopback port. It keeps its data in memory, or in the file at path
// where that is not empty.
func StartDynoxide(path string) (*Server, error) {
	return start("dynoxide", func(port string) []string {
		args := []string{"--host", "127.0.0.1", "--port", port}
		if path != "" {
			args = append(args, "--db-path", path)
		}
		return args
	})
}

// StartMoto starts an API of S3, SQS and KMS on a free loopback port, with its data in memory.
func StartMoto() (*Server, error) {
	return start("moto", func(port string) []string { return []string{"-H", "127.0.0.1", "-p", port} })
}

func start(name string, args func(port string) []string) (*Server, error) {
	program, err := Program(name)
	if err != nil {
		return nil, err
	}
	for range 3 { // another program may take the free port first
		var s *Server
		if s, err = launch(program, args); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("start %s: %w", name, err)
}

func launch(program string, args func(port string) []string) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	if err := l.Close(); err != nil {
		return nil, err
	}
	s := &Server{Endpoint: "http://127.0.0.1:" + port, cmd: exec.Command(program, args(port)...), ended: make(chan struct{}), output: &tail{}}
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	endWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	if err := s.ready(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) ready() error {
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(startLimit); time.Now().Before(deadline); {
		if answer, err := client.Get(s.Endpoint); err == nil { // any answer will do
			_, _ = io.Copy(io.Discard, answer.Body)
			return answer.Body.Close()
		}
		select {
		case <-s.ended:
			return fmt.Errorf("it ended at once: %s", s.output)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("it does not answer: " + s.output.String())
}

// Stop ends the server at once. What it kept in memory is gone.
func (s *Server) Stop() {
	_ = s.cmd.Process.Kill() // an error says that it has ended already
	<-s.ended
}

// tail keeps the end of what a program prints, for the error that says why it did not start.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if over := t.buf.Len() - tailSize; over > 0 {
		t.buf.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
