package inventory

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// FieldKind is what a field of an expression holds, which says how it can be compared.
type FieldKind string

const (
	TextField   FieldKind = "text"
	NumberField FieldKind = "number"
	TruthField  FieldKind = "yes or no"
	ListField   FieldKind = "list"
)

// FilterField is one thing that an expression can ask of a server.
type FilterField struct {
	Name string
	Kind FieldKind
}

// fieldKinds are the kinds by the Go type that stands behind them.
var fieldKinds = map[reflect.Kind]FieldKind{
	reflect.String: TextField, reflect.Int: NumberField, reflect.Float64: NumberField, reflect.Bool: TruthField, reflect.Slice: ListField,
}

// FieldsOfFilter lists the fields with their kinds, in the order of the inventory.
func FieldsOfFilter() []FilterField {
	t := reflect.TypeFor[filterEnvironment]()
	fields := make([]FilterField, t.NumField())
	for i := range fields {
		fields[i] = FilterField{t.Field(i).Tag.Get("expr"), fieldKinds[t.Field(i).Type.Kind()]}
	}
	return fields
}

// mostValues bounds what is remembered of one field: beyond it nobody reads a list of proposals.
const mostValues = 200

// FilterValues lists the values that a text or list has on some servers, in order, as an expression writes them; a field of another kind
// has none.
func FilterValues(field string, servers []Server) []string {
	at := slices.Index(FilterFields(), field)
	if at < 0 {
		return nil
	}
	seen := map[string]bool{}
	for i := range servers {
		switch value := reflect.ValueOf(newFilterEnvironment(&servers[i])).Elem().Field(at).Interface().(type) {
		case string:
			seen[value] = true
		case []string:
			for _, v := range value {
				seen[v] = true
			}
		}
		if len(seen) > mostValues {
			break
		}
	}
	delete(seen, "")
	values := slices.Sorted(maps.Keys(seen))
	for i, v := range values {
		values[i] = strconv.Quote(v)
	}
	return values[:min(len(values), mostValues)]
}
