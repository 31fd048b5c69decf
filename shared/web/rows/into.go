package rows

import (
	"net/http"

	"shixin/shared/web"
)

// Typed is one row as a T, or what is wrong with the line.
type Typed[T any] struct {
	Line  int
	Value T
	Err   error
}

// Into reads the rows of a request's body, each into a T. It refuses a whole body as [Read] does.
func Into[T any](r *http.Request, most int, literal func(column string) bool) ([]Typed[T], error) {
	body, err := web.Body(r)
	if err != nil {
		return nil, err
	}
	read, err := Read(web.MediaType(r), body, most, literal)
	if err != nil {
		return nil, err
	}
	all := make([]Typed[T], len(read))
	for i, row := range read {
		all[i].Line, all[i].Err = row.Line, row.Err
		if row.Err == nil {
			all[i].Err = web.UnmarshalRow(row.JSON, &all[i].Value)
		}
	}
	return all, nil
}
