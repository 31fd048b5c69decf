//go:build !race

package lookup_test

const racing = false
