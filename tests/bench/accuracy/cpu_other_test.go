//go:build !linux

package main

import "time"

var began = time.Now()

// spent is the time that has passed: what a thread has used is known on Linux alone.
func spent() time.Duration { return time.Since(began) }
