// Package once provides tables that are made when they are first asked for, so that a start does not pay for them.
package once

import "sync/atomic"

// Made returns a function that makes a value at its first call and keeps it. The value follows from nothing but the build
// function: two callers at the same moment may both make it, and make the same.
func Made[T any](build func() T) func() T {
	var made atomic.Pointer[T]
	return func() T {
		if p := made.Load(); p != nil {
			return *p
		}
		v := build()
		made.Store(&v)
		return v
	}
}
