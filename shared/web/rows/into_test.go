package rows_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/web/rows"
)

// A row that cannot be read names what is wrong with it, and spoils no other.
func TestInto(t *testing.T) {
	r := httptest.NewRequest("POST", "/v1/enterprises", strings.NewReader("{\"name\":\"甲\"}\n\n{\"nam\":\"乙\"}\n{\"name\":\"丙\"}\n"))
	r.Header.Set("Content-Type", rows.NDJSON)
	read, err := rows.Into[struct {
		Name string `json:"name"`
	}](r, 3, nil)
	if err != nil || len(read) != 3 {
		t.Fatal(read, err)
	}
	if read[0].Line != 1 || read[0].Value.Name != "甲" || read[0].Err != nil || read[2].Line != 4 || read[2].Value.Name != "丙" || read[2].Err != nil {
		t.Errorf("%+v", read)
	}
	if f, ok := errors.AsType[*fault.Fault](read[1].Err); !ok || read[1].Line != 3 || len(f.Fields) != 1 || f.Fields[0].Pointer != "/nam" {
		t.Errorf("a misspelt field: line %d, %v", read[1].Line, read[1].Err)
	}
}
