"""values.append: where the table is found and where the rows land, as recorded."""


def test_whole_sheet_finds_the_rightmost_block(api):
    book = api.new()
    api.write(book, "A1", [["x", "", "z"]])
    answer = api.append(book, "Sheet1", [[1, 2, 3]])
    assert answer["tableRange"] == "Sheet1!C1"
    assert answer["updates"]["updatedRange"] == "Sheet1!C2:E2"


def test_anchor_chooses_its_own_block(api):
    book = api.new()
    api.write(book, "A1", [["x", "", "z"]])
    answer = api.append(book, "Sheet1!A1", [[1, 2, 3]])
    assert answer["tableRange"] == "Sheet1!A1"
    assert answer["updates"]["updatedRange"] == "Sheet1!A2:C2"


def test_without_a_table_rows_go_to_the_corner_asked(api):
    book = api.new()
    answer = api.append(book, "Sheet1!A2", [list("abcdefgh")])
    assert "tableRange" not in answer
    assert answer["updates"]["updatedRange"] == "Sheet1!A2:H2"


def test_grid_grows_by_itself(api):
    book = api.new(rows=2, columns=2)
    api.write(book, "A1", [["h", "i"], [1, 2]])
    answer = api.append(book, "Sheet1", [[3, 4, 5], [6, 7, 8]])
    assert answer["updates"]["updatedRange"] == "Sheet1!A3:C4"
    grid = api.get(book)["sheets"][0]["properties"]["gridProperties"]
    assert grid == {"rowCount": 4, "columnCount": 3}


def test_insert_rows_pushes_what_is_below(api):
    book = api.new()
    api.write(book, "A1", [["h"], ["a"], [""], ["footer"]])
    api.append(book, "Sheet1!A1", [["b"]], insertDataOption="INSERT_ROWS")
    assert api.values(book) == [["h"], ["a"], ["b"], [], ["footer"]]
    assert api.get(book)["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1001


def test_overwrite_writes_over_what_is_below(api):
    book = api.new()
    api.write(book, "A1", [["h"], ["a"], [""], ["footer"]])
    api.append(book, "Sheet1!A1", [["b"], ["c"]])
    assert api.values(book) == [["h"], ["a"], ["b"], ["c"]]


def test_append_twice_appends_twice(api):
    book = api.new()
    for _ in range(2):
        api.append(book, "Sheet1!A:C", [["k", "v"]])
    assert api.values(book) == [["k", "v"], ["k", "v"]]


def test_ragged_table_is_one_block(api):
    book = api.new()
    api.write(book, "B2", [["h1", "h2", "h3"], ["a", "", "c"], ["", "b"]])
    answer = api.append(book, "Sheet1!B2", [["new"]])
    assert answer["tableRange"] == "Sheet1!B2:D4"
    assert answer["updates"]["updatedRange"] == "Sheet1!B5"


def test_a_blank_anchor_between_rows_is_written_itself(api):
    """Clients that insert a blank row and append at it rely on this."""
    book = api.new()
    api.write(book, "A1", [["h"], [""], ["a"]])
    answer = api.append(book, "Sheet1!A2", [["new"]])
    assert "tableRange" not in answer
    assert api.values(book) == [["h"], ["new"], ["a"]]
