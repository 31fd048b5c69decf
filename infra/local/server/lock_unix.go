//go:build unix

package server

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock takes the folder for this process. The system gives it back when the process ends, however that happens.
func lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errors.New("another local run uses this folder; stop it, or name another folder")
		} else {
			err = fmt.Errorf("lock: %w", err)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
