package server

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"shixin/shared/queue"
)

// spool keeps the messages of one queue in a file until they are worked off, as SQS does: queues in memory forget at the end of the
// process, which does no harm to hints, and would lose queries from their log.
//
// A line is "+ BODY" for a message that was sent and "- HASH" for one that is done.
type spool struct {
	queue string
	inner queue.Sender

	mu      sync.Mutex
	file    *os.File
	written int64          // bytes
	open    map[string]int // hash of a body: how many such messages are not done
	left    []string       // bodies that an earlier process has left

	trimmed int // how often the file was emptied: what was written before is no concern any more

	syncing sync.Mutex
	synced  mark // what is on disk
}

// mark is a place in the file.
type mark struct {
	trimmed int
	written int64
}

// spoolTrim is from which size an empty spool's file is emptied.
const spoolTrim = 4 << 20

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// openSpool opens the file of a queue and reads what was left in it. A last line that was cut off was never acknowledged.
func openSpool(path, name string, inner queue.Sender) (*spool, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	s := &spool{queue: name, inner: inner, open: map[string]int{}}
	bodies := map[string]string{}
	var order []string
	lines := bufio.NewReader(bytes.NewReader(text))
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		what, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch what {
		case "+":
			hash := hashOf(rest)
			s.open[hash]++
			bodies[hash], order = rest, append(order, hash)
		case "-":
			s.open[rest]--
		default:
			return nil, fmt.Errorf("%s: not a spool of messages", path)
		}
	}
	count := map[string]int{}
	for _, hash := range slices.Backward(order) { // the latest of several alike
		if count[hash] < s.open[hash] {
			count[hash]++
			s.left = append(s.left, bodies[hash])
		}
	}
	slices.Reverse(s.left)
	s.open = count
	var rest bytes.Buffer
	for _, body := range s.left {
		rest.WriteString("+ " + body + "\n")
	}
	if err := writeSynced(path+".new", rest.Bytes()); err != nil {
		return nil, err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return nil, err
	}
	if s.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	s.written = int64(rest.Len())
	return s, s.sync()
}

// writeSynced writes a file that is on disk before it takes the place of another.
func writeSynced(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Sync(), f.Close())
}

// resend hands over what an earlier process has left.
func (s *spool) resend(ctx context.Context) error {
	for _, body := range s.left {
		if err := s.inner.Send(ctx, queue.Message{Queue: s.queue, Body: body}); err != nil {
			return err
		}
	}
	s.left = nil
	return nil
}

// Send implements queue.Sender: messages of the spool's queue are on disk when it returns.
func (s *spool) Send(ctx context.Context, messages ...queue.Message) error {
	var lines strings.Builder
	for _, m := range messages {
		if err := m.Check(); err != nil {
			return err
		}
		if m.Queue != s.queue {
			continue
		}
		if strings.Contains(m.Body, "\n") {
			return fmt.Errorf("%w: the body for %q has line breaks", queue.ErrMessage, m.Queue)
		}
		lines.WriteString("+ " + m.Body + "\n")
	}
	if lines.Len() > 0 {
		if err := s.write(lines.String()); err != nil {
			return err
		}
		if err := s.sync(); err != nil {
			return err
		}
	}
	return s.inner.Send(ctx, messages...)
}

// done says that a message was worked off. A line that is lost makes the message come again, which changes nothing.
func (s *spool) done(m queue.Message) error {
	if m.Queue != s.queue {
		return nil
	}
	return s.write("- " + hashOf(m.Body) + "\n")
}

func (s *spool) write(lines string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.WriteString(lines); err != nil {
		return errors.Join(err, s.file.Truncate(s.written)) // the next line does not go on behind the half of one
	}
	s.written += int64(len(lines))
	for line := range strings.Lines(lines) {
		hash := strings.TrimSuffix(line[2:], "\n")
		if line[0] == '+' {
			s.open[hashOf(hash)]++
		} else if s.open[hash]--; s.open[hash] <= 0 {
			delete(s.open, hash)
		}
	}
	if len(s.open) == 0 && s.written > spoolTrim {
		if err := s.file.Truncate(0); err != nil {
			return err
		}
		s.written = 0
		s.trimmed++
	}
	return nil
}

// sync puts on disk what is written. Of several at once, one does it for all.
func (s *spool) sync() error {
	mine := s.mark()
	s.syncing.Lock()
	defer s.syncing.Unlock()
	if s.synced.trimmed > mine.trimmed || s.synced.trimmed == mine.trimmed && s.synced.written >= mine.written {
		return nil
	}
	now := s.mark()
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.synced = now
	return nil
}

func (s *spool) mark() mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	return mark{s.trimmed, s.written}
}

// Close closes the file.
func (s *spool) Close() error { return s.file.Close() }
