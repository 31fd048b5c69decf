// Package calendars provides the official calendar of working days.
//
// Each year is one file, after the yearly notice of the General Office of the State Council
// (国务院办公厅关于部分节假日安排的通知), which comes out in October to December of the year before. To add a
// year, add its file. Days of December that a notice names for the year before stand in the notice's own file.
package calendars

import (
	"bytes"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"shixin/shared/workday"
)

//go:embed *.yaml
var files embed.FS

type file struct {
	Year     int           `yaml:"year"`
	Notice   string        `yaml:"notice"`
	Holidays []workday.Day `yaml:"holidays"`
	Workdays []workday.Day `yaml:"workdays"`
}

// Load reads the embedded years. They are read once, at the first call.
func Load() (workday.Calendar, error) { return load() }

var load = sync.OnceValues(func() (workday.Calendar, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return workday.Calendar{}, err
	}
	years := make(map[int]workday.Year, len(entries))
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			return workday.Calendar{}, err
		}
		f, err := parse(e.Name(), data)
		if err != nil {
			return workday.Calendar{}, err
		}
		years[f.Year] = workday.Year{Notice: f.Notice, Holidays: f.Holidays, Workdays: f.Workdays}
	}
	return workday.New(years)
})

// parse reads one file strictly: a misspelt field would otherwise turn a holiday into a working day unnoticed.
func parse(name string, data []byte) (file, error) {
	var f file
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return file{}, fmt.Errorf("%s: %w", name, err)
	}
	if strconv.Itoa(f.Year) != strings.TrimSuffix(name, ".yaml") {
		return file{}, fmt.Errorf("%s: its year is %d", name, f.Year)
	}
	if len(f.Holidays) == 0 {
		return file{}, fmt.Errorf("%s: no holidays", name)
	}
	return f, nil
}
