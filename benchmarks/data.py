"""How fast data are fed: digits against training, image files against their cache."""

from da.benchmark.data_speed import digits, image_table, images, table

if __name__ == "__main__":
    print(table(digits()))
    try:
        print(image_table(images()))
    except FileNotFoundError as error:
        print(f"without Office-31: {error}")
