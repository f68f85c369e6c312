"""How fast data are fed, as a multiple of how fast training takes them."""

from da.benchmark.data_speed import digits, table

if __name__ == "__main__":
    print(table([*digits()]))
