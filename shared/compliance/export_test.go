package compliance

// Authenticated is a snapshot of any body under a key.
func Authenticated(key, body []byte) []byte {
	return append(append([]byte{}, body...), authenticate(key, body)...)
}

// SmallParts makes a folder end its parts sooner.
func (f *Folder) SmallParts(size int) { f.size = size }
