import unittest

from orders.store import open_store


class StoreTest(unittest.TestCase):
    def test_finds_the_orders_of_a_customer(self):
        with open_store(":memory:") as store:
            store.connection.execute("insert into orders values (1, 'ada', 1250)")
            store.connection.execute("insert into orders values (2, 'bob', 90)")
            self.assertEqual([order["id"] for order in store.by_customer("ada")], [1])
            self.assertEqual(store.count(), 2)


if __name__ == "__main__":
    unittest.main()
