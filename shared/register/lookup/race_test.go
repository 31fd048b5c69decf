//go:build race

package lookup_test

// racing: the race detector lets pools forget, so that allocations say nothing.
const racing = true
