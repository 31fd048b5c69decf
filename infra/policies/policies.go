// Package policies provides the access rules as Cedar files.
//
// shared/access/policy explains the entities that they speak of, and asks them.
package policies

import "embed"

// Files holds the *.cedar files at its root.
//
//go:embed *.cedar
var Files embed.FS
